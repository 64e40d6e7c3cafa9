"""The rules by which this server reads infotexts: its options and styles."""

from __future__ import annotations

from pipelines.text.prompt.style_files import read_styles
from sdapi.core.state import State
from sdapi.dialects.a1111.infotext.parse import ParseRules


def parse_rules(state: State) -> ParseRules:
    """The rules for reading infotexts under the options and styles that hold now."""
    store = state.store
    return ParseRules(
        styles=tuple(read_styles(state.config.styles).values()),
        infotext_styles=str(store.get("infotext_styles")),
        auto_backcompat=bool(store.get("auto_backcompat")),
        use_old_hires_fix_width_height=bool(store.get("use_old_hires_fix_width_height")),
        local_lora=state.catalog.lora_name,
        infotext_skip_pasting=frozenset(map(str, store.get("infotext_skip_pasting") or ())),
    )
