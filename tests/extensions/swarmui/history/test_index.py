"""The index reads a folder again when it has changed, and a picture when its file has."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from extensions.swarmui.history import index as module
from extensions.swarmui.history.index import Indexed, PictureIndex, is_picture
from extensions.swarmui.history.metadata import with_texts
from extensions.swarmui.store.database import Database
from tests.sdapi.fakes import png

LONG_AGO = 10**18
"""Nanoseconds since the epoch: in 2001."""


def write(folder: Path, name: str, text: str = "{}", changed: int = LONG_AGO) -> Path:
    path = folder / name
    path.write_bytes(with_texts(png(), {"parameters": text}))
    os.utime(path, ns=(changed, changed))
    return path


def names(index: PictureIndex, folder: Path, *, by_date: bool = False, rising: bool = True) -> list[str]:
    return [item.name for item in index.pictures(folder, by_date=by_date, rising=rising, most=9)]


@pytest.fixture
def index() -> PictureIndex:
    return PictureIndex(Database(None))


@pytest.mark.parametrize(
    ("name", "listed"),
    [
        ("a.png", True),
        ("A.JPG", True),
        ("a.webm", True),
        ("ä.png", True),
        ("a.txt", False),
        ("png", False),
        (".a.png", False),
        ("a.swarmpreview.jpg", False),
        ("a.SwarmPreview.webp", False),
        ("\udcff.png", False),
    ],
)
def test_pictures_are_known_by_their_names(name: str, listed: bool) -> None:
    assert is_picture(name) is listed


def test_a_folder_is_read_again_when_its_time_has_changed(index: PictureIndex, tmp_path: Path) -> None:
    write(tmp_path, "a.png")
    os.utime(tmp_path, ns=(LONG_AGO, LONG_AGO))
    assert names(index, tmp_path) == ["a.png"]
    write(tmp_path, "b.png")
    os.utime(tmp_path, ns=(LONG_AGO, LONG_AGO))
    assert names(index, tmp_path) == ["a.png"]
    os.utime(tmp_path, ns=(LONG_AGO + 1, LONG_AGO + 1))
    assert names(index, tmp_path) == ["a.png", "b.png"]


def test_a_folder_of_just_now_is_read_again_whatever_its_time(index: PictureIndex, tmp_path: Path) -> None:
    now = time.time_ns() + 60 * 10**9
    os.utime(tmp_path, ns=(now, now))
    assert names(index, tmp_path) == []
    write(tmp_path, "a.png")
    os.utime(tmp_path, ns=(now, now))
    assert names(index, tmp_path) == ["a.png"]


def test_only_a_list_by_date_looks_at_files(
    index: PictureIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, "b.png", changed=LONG_AGO)
    write(tmp_path, "a.png", changed=2 * LONG_AGO - 10**9)
    seen: list[str] = []
    real = module._looked_at  # pyright: ignore[reportPrivateUsage]

    def noted(folder: str, name: str) -> tuple[int, int]:
        seen.append(name)
        return real(folder, name)

    monkeypatch.setattr(module, "_looked_at", noted)
    assert names(index, tmp_path) == ["a.png", "b.png"]
    assert seen == []
    assert names(index, tmp_path, by_date=True) == ["b.png", "a.png"]
    assert names(index, tmp_path, by_date=True, rising=False) == ["a.png", "b.png"]
    assert sorted(seen) == ["a.png", "b.png"]


def test_a_folder_that_is_gone_is_forgotten(index: PictureIndex, tmp_path: Path) -> None:
    folder = tmp_path / "x"
    folder.mkdir()
    write(folder, "a.png")
    assert names(index, folder) == ["a.png"]
    (folder / "a.png").unlink()
    folder.rmdir()
    assert names(index, folder) == []


def test_metadata_is_read_once_for_each_state_of_a_file(
    index: PictureIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    real = module.read_text

    def noted(path: Path) -> str | None:
        read.append(path.name)
        return real(path)

    monkeypatch.setattr(module, "read_text", noted)
    write(tmp_path, "a.png", "one")
    (item,) = index.pictures(tmp_path, by_date=False, rising=True, most=9)
    assert index.metadata([item]) == index.metadata([item]) == [(item, "one")]
    assert read == ["a.png"]
    write(tmp_path, "a.png", "two", changed=LONG_AGO + 1)
    assert index.metadata([item]) == [(item, "two")]


def test_a_picture_that_is_gone_has_no_place_in_a_list(index: PictureIndex, tmp_path: Path) -> None:
    gone = Indexed(folder=str(tmp_path), name="gone.png", changed=0)
    assert index.metadata([gone]) == []
