"""Paths of clients stay below the data folder, the models, and what flags allow."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pipelines.contract.errors import InvalidRequest
from tests.pipelines.catalog.folders import folders_in


def test_flags_alone_add_folders(tmp_path: Path) -> None:
    own = tmp_path / "data"
    folders = replace(
        folders_in(own),
        models=tmp_path / "models",
        of_extensions=(tmp_path / "annotators",),
        allowed_outputs=(tmp_path / "shared",),
    )
    places = folders.places
    assert places.output_folder(str(tmp_path / "shared" / "x")) == tmp_path / "shared" / "x"
    for readable in (own / "a", tmp_path / "models" / "b", tmp_path / "annotators" / "c"):
        assert places.readable_place(str(readable)) == readable
    for other in (tmp_path / "shared", tmp_path):
        with pytest.raises(InvalidRequest):
            places.readable_place(str(other))
    with pytest.raises(InvalidRequest):
        places.output_folder(str(tmp_path / "models"))


def test_processes_of_a_data_folder_share_its_cache(tmp_path: Path) -> None:
    folders = folders_in(tmp_path)
    assert folders.hash_table == tmp_path / "cache" / "hashes.json"
    assert folders.refresh_mark.parent == folders.hash_table.parent
    assert folders.refresh_mark != folders.hash_table
