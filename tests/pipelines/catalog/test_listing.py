"""Listings that notice changes of their folders."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pipelines.catalog.listing import Listing, announce_refresh
from pipelines.contract.settings import Folders
from tests.pipelines.catalog.folders import folders_in

LONG_AGO = (1_000_000_000, 1_000_000_000)


class Reader:
    """Reads the names in a folder, and counts."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.count = 0

    def __call__(self) -> list[str]:
        self.count += 1
        return sorted(path.name for path in self.place.rglob("*") if path.is_file())


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    return folders_in(tmp_path)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "place" / "below").mkdir(parents=True)
    age(tmp_path / "place")
    return tmp_path / "place"


def age(place: Path) -> None:
    for folder in (place, *place.rglob("*/")):
        os.utime(folder, LONG_AGO)


def test_an_unchanged_folder_is_read_once(folders: Folders, place: Path) -> None:
    reader = Reader(place)
    listing = Listing(folders, (place,), reader)
    assert (listing.get(), listing.get(), reader.count) == ([], [], 1)


@pytest.mark.parametrize("name", ["a", "below/b", "new/c"])
def test_files_that_come_and_go_are_seen(folders: Folders, place: Path, name: str) -> None:
    listing = Listing(folders, (place,), Reader(place))
    assert listing.get() == []
    (place / name).parent.mkdir(exist_ok=True)
    (place / name).touch()
    assert listing.get() == [Path(name).name]
    (place / name).unlink()
    assert listing.get() == []


def test_a_change_within_the_clocks_step_is_seen(folders: Folders, place: Path) -> None:
    (place / "a").touch()
    listing = Listing(folders, (place,), Reader(place))
    before = place.stat()
    assert listing.get() == ["a"]
    (place / "b").touch()
    os.utime(place, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert listing.get() == ["a", "b"]


def test_a_folder_that_comes_later_is_read(folders: Folders, tmp_path: Path) -> None:
    listing = Listing(folders, (tmp_path / "later",), Reader(tmp_path / "later"))
    assert listing.get() == []
    (tmp_path / "later").mkdir()
    (tmp_path / "later" / "a").touch()
    assert listing.get() == ["a"]


def test_linked_folders_are_watched_and_loops_end(folders: Folders, place: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (place / "link").symlink_to(tmp_path / "elsewhere")
    (place / "below" / "loop").symlink_to(place)
    age(place)
    os.utime(tmp_path / "elsewhere", LONG_AGO)
    listing = Listing(folders, (place,), lambda: sorted(p.name for p in (place / "link").iterdir()))
    assert listing.get() == []
    (tmp_path / "elsewhere" / "a").touch()
    assert listing.get() == ["a"]


def test_a_refresh_anywhere_has_it_read_again(folders: Folders, place: Path) -> None:
    reader = Reader(place)
    listing = Listing(folders, (place,), reader)
    listing.get()
    announce_refresh(folders)
    listing.get()
    assert reader.count == 2
    os.utime(folders.refresh_mark, LONG_AGO)
    listing.get()
    listing.get()
    assert reader.count == 3
