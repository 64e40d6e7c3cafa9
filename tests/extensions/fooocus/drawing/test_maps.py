"""Maps of image prompts."""

from __future__ import annotations

import numpy as np

from extensions.fooocus.drawing.maps import pyramid_canny, structure
from extensions.fooocus.drawing.outpaint import Pixels


def square() -> Pixels:
    pixels = np.full((96, 128, 3), (220, 220, 210), dtype=np.uint8)
    pixels[24:72, 40:88] = (30, 60, 160)
    return pixels


def test_outlines_are_bright_and_flat_parts_dark() -> None:
    made = pyramid_canny(square(), 64, 128)
    assert made.shape == (96, 128, 3)
    assert made[48, 36:44].max() > 150
    assert made[48, 60:68].max() == 0
    assert made[4, 4].max() == 0


def test_structure_tells_parts_apart() -> None:
    made = structure(square()).astype(int)
    assert made.shape == (96, 128, 3)
    assert abs(int(made[48, 64, 0]) - int(made[4, 4, 0])) > 100


def test_small_pictures_have_maps_too() -> None:
    assert pyramid_canny(np.zeros((3, 2, 3), dtype=np.uint8), 64, 128).shape == (3, 2, 3)
