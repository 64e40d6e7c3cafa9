"""Holes filled with patches from elsewhere."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from extensions.invokeai.drawing.infill import healed
from extensions.invokeai.drawing.patches import filled

ROWS, COLUMNS = np.mgrid[:64, :96]


def stripes() -> NDArray[np.uint8]:
    picture = np.zeros((64, 96, 3), np.uint8)
    picture[(COLUMNS // 6) % 2 == 0] = (200, 40, 40)
    return picture


def holed() -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """Stripes that are missing in the middle."""
    picture, hole = stripes(), np.zeros((64, 96), np.bool_)
    hole[20:40, 36:60] = True
    picture[hole] = 255
    return picture, hole


def test_a_pattern_goes_on_through_the_hole() -> None:
    picture, hole = holed()
    made = filled(picture, hole)
    assert np.array_equal(made[~hole], picture[~hole])
    blurred = healed(Image.fromarray(picture), Image.fromarray((hole * 255).astype(np.uint8)))
    wrong, smeared = (
        np.abs(found[hole].astype(np.int16) - stripes()[hole]).mean() for found in (made, np.asarray(blurred))
    )
    assert wrong < 15 and wrong < smeared / 2


def test_the_same_picture_comes_twice_and_nothing_to_do_is_nothing_done() -> None:
    picture, hole = holed()
    assert np.array_equal(filled(picture, hole), filled(picture, hole))
    for mask in (np.zeros_like(hole), np.ones_like(hole)):
        assert np.array_equal(filled(picture, mask), picture)


def test_a_picture_without_whole_patches_is_healed_from_the_edges() -> None:
    picture, hole = stripes()[:5, :5], np.zeros((5, 5), np.bool_)
    hole[2, 2] = True
    assert filled(picture, hole).shape == (5, 5, 3)


def test_it_ends_when_others_say_so() -> None:
    class Enough(Exception):
        """Somebody cancelled the job."""

    calls: list[int] = []

    def let_others() -> None:
        calls.append(1)
        if len(calls) == 3:
            raise Enough

    with pytest.raises(Enough):
        filled(*holed(), let_others=let_others)
    assert len(calls) == 3
