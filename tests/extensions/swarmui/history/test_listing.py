"""Listings: depth, order, stars, and files that come and go behind the index."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from extensions.swarmui.history.index import PictureIndex
from extensions.swarmui.history.listing import ListingWish, list_pictures
from extensions.swarmui.history.metadata import with_texts
from extensions.swarmui.history.stars import toggle_star
from extensions.swarmui.store.database import Database
from pipelines.contract.errors import InvalidRequest
from tests.sdapi.fakes import png


class Gallery:
    """A folder of pictures with its index."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.index = PictureIndex(Database(None))

    def add(self, path: str, text: str = "{}", age: int = 0) -> None:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(with_texts(png(), {"parameters": text}))
        os.utime(file, (1e9 - age, 1e9 - age))

    def names(self, path: str = "", depth: int = 9, **wish: object) -> list[str]:
        return [item["src"] for item in self.list(path, depth, **wish)["files"]]

    def list(self, path: str = "", depth: int = 9, **wish: object) -> dict[str, list[dict[str, str]]]:
        return list_pictures(self.root, ListingWish(path=path, depth=depth, **wish), self.index)  # type: ignore[arg-type]


@pytest.fixture
def gallery(tmp_path: Path) -> Gallery:
    found = Gallery(tmp_path)
    for path, age in (
        ("top.png", 5),
        ("raw/b/1.png", 1),
        ("raw/b/2.jpg", 9),
        ("raw/a/3.png", 3),
        ("raw/a/x/4.png", 0),
    ):
        found.add(path, age=age)
    found.add("raw/.hidden/5.png")
    (tmp_path / "raw" / "note.txt").touch()
    (tmp_path / "raw" / "a" / "3.swarmpreview.jpg").touch()
    return found


@pytest.mark.parametrize(
    ("path", "depth", "folders", "files"),
    [
        ("", 0, [], ["top.png"]),
        ("", 1, ["raw"], ["top.png"]),
        ("", 2, ["raw/b", "raw/a", "raw"], ["top.png"]),
        (
            "",
            3,
            ["raw/b", "raw/a/x", "raw/a", "raw"],
            ["top.png", "raw/b/2.jpg", "raw/b/1.png", "raw/a/3.png"],
        ),
        ("raw/a", 9, ["x"], ["x/4.png", "3.png"]),
        ("raw\\b", 1, [], ["2.jpg", "1.png"]),
        ("nowhere", 3, [], []),
    ],
)
def test_depth(path: str, depth: int, folders: list[str], files: list[str], gallery: Gallery) -> None:
    found = gallery.list(path, depth)
    assert (found["folders"], [item["src"] for item in found["files"]]) == (folders, files)


def test_order(gallery: Gallery) -> None:
    by_name = ["top.png", "raw/b/2.jpg", "raw/b/1.png", "raw/a/x/4.png", "raw/a/3.png"]
    by_date = ["raw/a/x/4.png", "raw/b/1.png", "raw/a/3.png", "top.png", "raw/b/2.jpg"]
    assert gallery.names() == by_name
    assert gallery.names(rising=True) == by_name[::-1]
    assert gallery.names(sort="Date") == by_date
    assert gallery.names(sort="DATE", rising=True) == by_date[::-1]
    assert gallery.names(sort="date", most=2) == by_date[:2]
    with pytest.raises(InvalidRequest, match="Invalid sort mode 'Size'"):
        gallery.list(sort="Size")


def test_files_that_come_change_and_go_are_noticed(gallery: Gallery) -> None:
    gallery.names()
    gallery.add("raw/a/6.png", '{"new": 1}')
    (gallery.root / "raw/b/1.png").unlink()
    assert gallery.names(depth=3)[1:] == ["raw/b/2.jpg", "raw/a/6.png", "raw/a/3.png"]
    gallery.add("raw/a/6.png", '{"changed": 12}')
    texts = {item["src"]: item["metadata"] for item in gallery.list()["files"]}
    assert texts["raw/a/6.png"] == '{"changed": 12}'


def test_of_a_picture_and_its_star_one_is_listed(gallery: Gallery) -> None:
    toggle_star(gallery.root, "raw/a/3.png", flat=False)
    found = {item["src"]: item["metadata"] for item in gallery.list()["files"]}
    assert "is_starred" in found["Starred/raw/a/3.png"]
    assert "raw/a/3.png" not in found
    (below,) = gallery.list("raw/a", 1)["files"]
    assert (below["src"], "is_starred" in below["metadata"]) == ("3.png", True)


def test_a_star_without_folders_is_known_by_its_name(gallery: Gallery) -> None:
    toggle_star(gallery.root, "raw/a/3.png", flat=True)
    assert "raw/a/3.png" in gallery.names(flat_stars=False)
    assert "raw/a/3.png" not in gallery.names(flat_stars=True)


@pytest.mark.slow
def test_fifty_thousand_pictures_are_listed_in_a_second(tmp_path: Path) -> None:
    import time

    gallery, data = Gallery(tmp_path), with_texts(png(), {"parameters": "{}"})
    for number in range(50_000):
        (tmp_path / f"{number:05}.png").write_bytes(data)
    seconds: list[float] = []
    for sort in ("name", "date", "name", "date", "name"):
        started = time.perf_counter()
        assert len(gallery.names(sort=sort)) == 1000
        seconds.append(time.perf_counter() - started)
    print(f"{[round(second, 3) for second in seconds]} s")
    assert min(seconds) < 1.0, seconds
