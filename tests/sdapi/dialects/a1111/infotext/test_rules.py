"""Infotexts are read by the options and styles of the moment."""

from __future__ import annotations

from pathlib import Path

from pipelines.contract.requests import Style
from sdapi.dialects.a1111.infotext.parse import ParseRules
from sdapi.dialects.a1111.infotext.rules import parse_rules
from tests.sdapi.states import make_state


def test_options_and_styles_are_the_servers(tmp_path: Path) -> None:
    (tmp_path / "styles.csv").write_text("name,prompt,negative_prompt\nnice,sharp,\n")
    options = {
        "infotext_styles": "Ignore",
        "auto_backcompat": False,
        "use_old_hires_fix_width_height": True,
        "infotext_skip_pasting": ["RNG"],
    }
    state = make_state(tmp_path, options=options)
    assert parse_rules(state) == ParseRules(
        styles=(Style(name="nice", prompt="sharp"),),
        infotext_styles="Ignore",
        auto_backcompat=False,
        use_old_hires_fix_width_height=True,
        infotext_skip_pasting=frozenset({"RNG"}),
        local_lora=state.catalog.lora_name,
    )


def test_an_untouched_server_has_a1111s_defaults(tmp_path: Path) -> None:
    state = make_state(tmp_path)
    assert parse_rules(state) == ParseRules(local_lora=state.catalog.lora_name)
