"""Notes only grow, keep their order, and hold each warning once."""

from __future__ import annotations

from typing import Any, cast

import pytest

from pipelines.generation.notes import Notes


def test_a_newer_value_keeps_the_place_of_the_older_one() -> None:
    notes = Notes({"Steps": 1, "Size": "64x64"})
    notes.add_pairs({"Steps": 2, "Tiling": True})
    assert list(notes.pairs.items()) == [("Steps", 2), ("Size", "64x64"), ("Tiling", True)]


def test_a_warning_is_told_once() -> None:
    notes = Notes()
    for text in ("one", "two", "one"):
        notes.warn(text)
    assert notes.warnings == ("one", "two")


def test_what_is_read_of_them_can_not_be_changed() -> None:
    notes = Notes({"Steps": 1})
    with pytest.raises(TypeError):
        cast("Any", notes.pairs)["Steps"] = 2
    notes.add_file("a.png")
    assert notes.files == ("a.png",)


def test_the_latest_pass_says_whether_a_mask_was_told() -> None:
    notes = Notes()
    assert not notes.mask_told
    notes.add_mask(told=True)
    assert notes.mask_told
    notes.add_mask(told=False)
    assert not notes.mask_told


def test_a_part_without_pairs_shares_the_rest() -> None:
    notes = Notes({"Steps": 1})
    aside = notes.without_pairs()
    aside.add_pairs({"Hidden": True})
    aside.warn("odd")
    aside.add_file("b.png")
    assert dict(notes.pairs) == {"Steps": 1}
    assert (notes.warnings, notes.files) == (("odd",), ("b.png",))
