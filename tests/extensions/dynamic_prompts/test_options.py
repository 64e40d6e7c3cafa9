"""The script's options are listed, and bad folders refused before a job is queued."""

from __future__ import annotations

from pathlib import Path

import pytest

from extensions.dynamic_prompts.api import options
from pipelines.contract.errors import InvalidRequest
from sdapi.options.store import OptionStore


def test_options_are_listed_with_their_defaults() -> None:
    assert {row.section for row in options()} == {"dynamicprompts"}
    assert {row.key: row.default for row in options() if row.default is not False} == {
        "wildcard_dir": "",
        "dp_parser_variant_start": "{",
        "dp_parser_variant_end": "}",
        "dp_parser_wildcard_wrap": "__",
    }


def test_the_folder_of_wildcards_stays_within_the_servers_own(tmp_path: Path) -> None:
    store = OptionStore(tmp_path / "config.json", extra=options())
    assert store.validate({"wildcard_dir": "my/wildcards"}).values == {"wildcard_dir": "my/wildcards"}
    with pytest.raises(InvalidRequest, match="leads out") as caught:
        store.validate({"wildcard_dir": "../wildcards"})
    assert caught.value.field == "wildcard_dir"
