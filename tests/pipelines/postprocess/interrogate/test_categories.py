"""Lists of words for captions, read from text files."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from pipelines.postprocess.interrogate import categories
from pipelines.postprocess.interrogate.categories import read_categories


def test_categories_tell_how_many_matches(tmp_path: Path) -> None:
    (tmp_path / "flavors.top3.txt").write_text("one\n\n two \nthree\nfour\n")
    (tmp_path / "artists.txt").write_text("someone\n")
    artists, flavors = read_categories(tmp_path, limit=3)
    assert (artists.top, flavors.top, flavors.items) == (1, 3, ("one", "two", "three"))
    assert [c.name for c in read_categories(tmp_path, skip=("artists",))] == ["flavors.top3"]


def test_lists_of_nothing_are_left_out(tmp_path: Path) -> None:
    (tmp_path / "empty.txt").write_text(" \n\n")
    (tmp_path / "notes.md").write_text("cat\n")
    (tmp_path / "deeper").mkdir()
    (tmp_path / "deeper" / "other.txt").write_text("cat\n")
    assert read_categories(tmp_path) == ()
    assert read_categories(tmp_path / "nowhere") == ()


def test_a_byte_order_mark_is_no_part_of_a_word(tmp_path: Path) -> None:
    (tmp_path / "animals.txt").write_bytes(b"\xef\xbb\xbfcat\r\ndog\r\n")
    assert read_categories(tmp_path)[0].items == ("cat", "dog")


@pytest.mark.parametrize("data", [b"\xff\xfe\x00bad", b"cat\n" * 3])
def test_a_list_that_cannot_be_read_is_logged(
    data: bytes, tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(categories, "MAX_BYTES", 11)
    (tmp_path / "bad.txt").write_bytes(data)
    (tmp_path / "good.txt").write_text("cat\n")
    with caplog.at_level(logging.WARNING):
        assert [category.name for category in read_categories(tmp_path)] == ["good"]
    assert "bad.txt is left out" in caplog.text
