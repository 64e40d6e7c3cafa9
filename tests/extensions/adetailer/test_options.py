"""The script's options are listed, and bad folders refused before a job is queued."""

from __future__ import annotations

from pathlib import Path

import pytest

from extensions.adetailer.api import options
from pipelines.contract.errors import InvalidRequest
from sdapi.options.store import OptionStore


def test_options_are_listed_in_the_originals_order() -> None:
    assert [(row.key, row.default, row.section) for row in options()] == [
        ("ad_extra_models_dir", "", "ADetailer"),
        ("ad_bbox_sortby", "None", "ADetailer"),
        ("ad_same_seed_for_each_tab", False, "ADetailer"),
        ("adetailer_lenient", False, "ADetailer"),
    ]


def test_further_folders_stay_within_the_servers_own(tmp_path: Path) -> None:
    store = OptionStore(tmp_path / "config.json", extra=options())
    both = "detectors|more/detectors"
    assert store.validate({"ad_extra_models_dir": both}).values == {"ad_extra_models_dir": both}
    with pytest.raises(InvalidRequest, match="leads out") as caught:
        store.validate({"ad_extra_models_dir": "detectors|/etc"})
    assert caught.value.field == "ad_extra_models_dir"
