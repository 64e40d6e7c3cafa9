"""Folders are walked in natural order, and stamps change with a file or one of a folder's."""

from __future__ import annotations

import os
from pathlib import Path

from pipelines.catalog.files import natural_key, stamp, stamps_in, walk, walk_all
from tests.pipelines.catalog.folders import write


def test_a_folder_has_the_stamps_of_its_files(tmp_path: Path) -> None:
    for name, text in (("config.json", "{}"), ("model.safetensors", "old")):
        (tmp_path / name).write_text(text)
    before, folder = stamps_in(tmp_path), tmp_path.stat()
    (tmp_path / "model.safetensors").write_text("newer")
    os.utime(tmp_path, ns=(folder.st_atime_ns, folder.st_mtime_ns))
    assert stamps_in(tmp_path) != before
    assert stamps_in(tmp_path / "config.json") == before[:1]


def test_what_is_gone_has_none(tmp_path: Path) -> None:
    assert stamp(tmp_path / "none") is None
    assert stamps_in(tmp_path / "none") == (None,)


def test_only_ordinary_files_count(tmp_path: Path) -> None:
    write(tmp_path / "a.pt")
    (tmp_path / "b.pt").symlink_to(tmp_path / "gone")
    (tmp_path / "c.pt").mkdir()
    (tmp_path / "d.pt").symlink_to(tmp_path / "d.pt")
    os.mkfifo(tmp_path / "e.pt")
    deep = tmp_path
    for _ in range(80):
        deep = deep / "x"
    write(deep / "f.pt")
    assert [path.name for path in walk(tmp_path, (".pt",))] == ["a.pt"]


def test_numbers_in_names_count_as_numbers() -> None:
    names = ["b", "a10", "A9", "10", "9", "a", "a9b"]
    assert sorted(names, key=natural_key) == ["9", "10", "a", "A9", "a9b", "a10", "b"]


def test_folders_come_before_names(tmp_path: Path) -> None:
    for name in ("z.pt", "a10/b.PT", "a9/c.pt", "a9/d.txt"):
        write(tmp_path / name)
    found = [path.relative_to(tmp_path).as_posix() for path in walk(tmp_path, [".pt"])]
    assert found == ["z.pt", "a9/c.pt", "a10/b.PT"]
    assert list(walk(tmp_path / "gone", [".pt"])) == []


def test_links_are_followed_once(tmp_path: Path) -> None:
    elsewhere = write(tmp_path / "elsewhere" / "a.pt").parent
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "link").symlink_to(elsewhere)
    (tmp_path / "models" / "same").symlink_to(elsewhere)
    (elsewhere / "back").symlink_to(tmp_path / "models")
    assert [path.name for path in walk(tmp_path / "models", [".pt"])] == ["a.pt"]


def test_a_file_in_two_folders_is_listed_once(tmp_path: Path) -> None:
    write(tmp_path / "below" / "a.pt")
    write(tmp_path / "b.pt")
    found = walk_all((tmp_path / "below", tmp_path), iter([".pt"]))
    assert [path.name for path in found] == ["a.pt", "b.pt"]
