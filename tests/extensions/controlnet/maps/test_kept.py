"""One loaded thing is kept until another is asked for, or its file changes."""

from __future__ import annotations

import os
from pathlib import Path

from extensions.controlnet.maps.kept import Kept, file_key
from pipelines.memory.weight_shelf import WeightShelf


def test_a_thing_is_loaded_once_until_another_comes() -> None:
    loads: list[str] = []

    def load(name: str) -> str:
        loads.append(name)
        return name

    kept = Kept[str]()
    for name in ("a", "a", "b", "b", "a"):
        assert kept.get((name,), lambda name=name: load(name)) == name
    assert loads == ["a", "b", "a"]
    assert kept.shelf.contents == ["a"]


def test_owners_share_a_shelf_and_keep_one_each() -> None:
    shelf = WeightShelf()
    faces, towers = Kept[str](owner="faces", shelf=shelf), Kept[str](owner="towers", shelf=shelf)
    faces.get(("a",), lambda: "face")
    towers.get(("a",), lambda: "tower")
    assert faces.get(("a",), lambda: "another") == "face"
    assert sorted(shelf.contents) == ["face", "tower"]


def test_a_key_changes_with_its_files(tmp_path: Path) -> None:
    path = tmp_path / "a.pth"
    path.write_bytes(b"one")
    os.utime(path, ns=(10**18, 10**18))
    first = file_key([path])
    assert file_key(iter([path])) == first
    path.write_bytes(b"three")
    os.utime(path, ns=(10**18, 10**18))
    assert file_key([path]) != first
    path.write_bytes(b"one")
    os.utime(path, ns=(10**18, 2 * 10**18))
    assert file_key([path]) != first
