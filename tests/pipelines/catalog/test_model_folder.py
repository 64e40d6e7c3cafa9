"""Folders of models in transformers' layout, found by what they say they are."""

from __future__ import annotations

import json
from pathlib import Path

from pipelines.catalog.model_folder import find_model


def test_models_are_found_by_their_type(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "config.json").write_text(json.dumps({"model_type": "clip"}))
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "config.json").write_text("no json")
    assert find_model((tmp_path,), "clip") == tmp_path / "b"
    assert find_model((tmp_path,), "blip") is None
