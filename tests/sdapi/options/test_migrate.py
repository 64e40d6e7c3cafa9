"""Keys of older settings files become today's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sdapi.options.migrate import migrate
from sdapi.options.store import OptionStore


def test_old_keys_are_migrated(tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    path.write_text('{"sd_vae_as_default": true, "quicksettings": "a, b", "ui_reorder": "x"}')
    store = OptionStore(path)
    assert store.get("sd_vae_overrides_per_model_preferences") is False
    assert store.get("quicksettings_list") == ["a", "b"]
    assert store.get("ui_reorder_list") == ["x"]


@pytest.mark.parametrize(
    ("old", "added"),
    [
        ({"sd_vae_as_default": True}, {"sd_vae_overrides_per_model_preferences": False}),
        ({"sd_vae_as_default": False}, {"sd_vae_overrides_per_model_preferences": True}),
        ({"sd_vae_as_default": None}, {}),
        ({"sd_vae_as_default": True, "sd_vae_overrides_per_model_preferences": True}, {}),
        ({"quicksettings": "a,, b ,"}, {"quicksettings_list": ["a", "b"]}),
        ({"quicksettings": ""}, {"quicksettings_list": []}),
        ({"quicksettings": "a", "quicksettings_list": ["b"]}, {}),
        ({"quicksettings": ["a"]}, {}),
        ({"ui_reorder": "x, y"}, {"ui_reorder_list": ["x", "y"]}),
        ({"unknown": 1}, {}),
    ],
)
def test_old_keys_stay_beside_new_ones(old: dict[str, Any], added: dict[str, Any]) -> None:
    before = dict(old)
    assert migrate(old) == {**before, **added}
    assert old == before
