"""Folders in transformers' layout."""

from __future__ import annotations

import json
from pathlib import Path

from pipelines.catalog.model_folders import folders_of_kind, model_type


def folder(place: Path, kind: str) -> Path:
    place.mkdir(parents=True)
    (place / "config.json").write_text(json.dumps({"model_type": kind}))
    return place


def test_folders_are_found_by_what_they_say(tmp_path: Path) -> None:
    named = folder(tmp_path / "nets" / "any name", "sam")
    folder(tmp_path / "nets" / "other", "clip")
    assert list(folders_of_kind((tmp_path / "none", tmp_path / "nets"), "sam")) == [named]
    assert list(folders_of_kind((named,), "sam")) == [named]


def test_what_can_t_be_read_says_nothing(tmp_path: Path) -> None:
    config = tmp_path / "config.json"
    assert model_type(config) is None
    for text in ("{", "[]", "{}"):
        config.write_text(text)
        assert model_type(config) is None
