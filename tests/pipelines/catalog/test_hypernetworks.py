"""Hypernetworks are listed by name, except one called None."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from pipelines.catalog.hypernetworks import list_hypernetworks
from tests.pipelines.catalog.folders import folders_in, write


def test_names_are_sorted_without_regard_to_case(tmp_path: Path) -> None:
    for name in ("b.pt", "A.pt", "None.pt", "sub/c.pt", "x.bin"):
        write(tmp_path / "models" / "hypernetworks" / name)
    found = list_hypernetworks(folders_in(tmp_path))
    assert list(found) == ["A", "b", "c"]
    assert found["c"] == tmp_path / "models" / "hypernetworks" / "sub" / "c.pt"


def test_of_one_name_the_last_path_counts(tmp_path: Path) -> None:
    for folder in ("y", "Z"):
        write(tmp_path / folder / "h.pt")
    folders = replace(folders_in(tmp_path), hypernetworks=(tmp_path / "Z", tmp_path / "y"))
    assert list_hypernetworks(folders)["h"] == tmp_path / "Z" / "h.pt"
