"""Masks are drawn, moved, grown and merged as units ask."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from extensions.adetailer.detect.found import FoundThing
from extensions.adetailer.masks.draw import MaskPixels, draw_masks, shifted
from extensions.adetailer.units.unit import DetailUnit, MaskMerge

ONE = FoundThing(box=(10, 20, 29, 39), confidence=0.9)
OTHER = FoundThing(box=(60, 60, 69, 69), confidence=0.9)
SIZE = (100, 80)


def masks(*things: FoundThing, **values: Any) -> list[MaskPixels]:
    settings: dict[str, Any] = {"dilate_erode": 0} | values
    return draw_masks(things, DetailUnit(place="", **settings), SIZE)


def box(mask: MaskPixels) -> tuple[int, int, int, int]:
    rows, columns = np.nonzero(mask)
    return int(columns.min()), int(rows.min()), int(columns.max()), int(rows.max())


def test_a_box_is_filled() -> None:
    mask = masks(ONE)[0]
    assert mask.shape == (80, 100)
    assert box(mask) == (10, 20, 29, 39)
    assert set(np.unique(mask)) == {0, 255}


def test_an_outline_is_taken_as_it_is() -> None:
    outline = np.zeros((80, 100), dtype=np.uint8)
    outline[5, 6] = 255
    assert box(masks(FoundThing(box=(0, 0, 50, 50), confidence=1, outline=outline))[0]) == (6, 5, 6, 5)


def test_growing_and_shrinking() -> None:
    grown, shrunk = masks(ONE, dilate_erode=5)[0], masks(ONE, dilate_erode=-5)[0]
    assert box(grown) == (8, 18, 31, 41)
    assert box(shrunk) == (12, 22, 27, 37)
    assert masks(ONE, dilate_erode=-60) == []


@pytest.mark.parametrize(
    ("x", "y", "wanted"),
    [(5, 0, (15, 20, 34, 39)), (0, 5, (10, 15, 29, 34)), (-15, -50, (0, 70, 14, 79))],
)
def test_right_and_up_are_positive_and_nothing_comes_in_at_the_other_side(
    x: int, y: int, wanted: tuple[int, int, int, int]
) -> None:
    assert box(masks(ONE, x_offset=x, y_offset=y)[0]) == wanted


def test_what_left_the_picture_is_gone() -> None:
    assert masks(ONE, OTHER, x_offset=-40)[0].any()
    assert len(masks(ONE, OTHER, x_offset=-40)) == 1
    assert not shifted(masks(ONE)[0], 500, 0).any()


def test_merging_and_inverting() -> None:
    merged = masks(ONE, OTHER, mask_merge_invert=MaskMerge.MERGE)
    assert len(merged) == 1
    assert box(merged[0]) == (10, 20, 69, 69)
    inverted = masks(ONE, OTHER, mask_merge_invert=MaskMerge.INVERT)
    assert np.array_equal(inverted[0], 255 - merged[0])
    assert masks(mask_merge_invert=MaskMerge.INVERT) == []
