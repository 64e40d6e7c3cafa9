"""Masked content "fill": the surroundings are smeared into the hole."""

from __future__ import annotations

import numpy as np
from PIL import Image

from pipelines.pictures.fill import fill_masked
from tests.pipelines.pictures.files import scene


def hole(box: tuple[int, int, int, int], size: tuple[int, int]) -> Image.Image:
    mask = Image.new("L", size)
    mask.paste(255, box)
    return mask


def test_unmasked_pixels_stay() -> None:
    mask = hole((8, 4, 16, 12), (24, 16))
    filled = np.asarray(fill_masked(scene(), mask))
    outside = np.asarray(mask) == 0
    assert np.array_equal(filled[outside], np.asarray(scene())[outside])


def test_what_was_in_the_hole_leaves_no_trace() -> None:
    mask = hole((8, 4, 16, 12), (24, 16))
    picture, other = scene(), scene()
    other.paste((255, 0, 255), (8, 4, 16, 12))
    assert np.array_equal(np.asarray(fill_masked(picture, mask)), np.asarray(fill_masked(other, mask)))


def test_the_hole_takes_the_colours_beside_it() -> None:
    picture = Image.new("RGB", (64, 16), (200, 0, 0))
    picture.paste((0, 0, 200), (32, 0, 64, 16))
    filled = np.asarray(fill_masked(picture, hole((20, 0, 44, 16), (64, 16)))).astype(int)
    red, blue = filled[8, 21], filled[8, 42]
    assert red[0] > red[2]
    assert blue[2] > blue[0]
