"""Masks: what of a picture counts, how it is blurred, and the crop of "only masked"."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from pipelines.pictures.masks import (
    Box,
    binary_mask,
    blurred,
    crop_region,
    expand_region,
    invert,
    latent_mask,
    prepare_mask,
)


def spot(size: tuple[int, int] = (64, 48), box: Box = (10, 12, 20, 30)) -> Image.Image:
    """White in a box."""
    mask = Image.new("L", size, 0)
    mask.paste(255, box)
    return mask


def test_a_partly_transparent_picture_gives_its_alpha() -> None:
    image = Image.new("RGBA", (2, 1), (255, 255, 255, 128))
    image.putpixel((1, 0), (0, 0, 0, 129))
    assert binary_mask(image, rounded=True).tobytes() == bytes((0, 255))
    assert binary_mask(image, rounded=False).tobytes() == bytes((128, 129))
    image.putalpha(255)
    assert binary_mask(image, rounded=True).tobytes() == bytes((255, 0)), "an opaque one gives its lightness"


def test_grey_is_not_rounded() -> None:
    assert binary_mask(Image.new("L", (1, 1), 77), rounded=True).getpixel((0, 0)) == 77
    assert binary_mask(Image.new("RGB", (1, 1), (77, 77, 77)), rounded=True).getpixel((0, 0)) == 77


def test_blur_acts_along_its_axis() -> None:
    mask = spot(box=(30, 20, 31, 21))
    along_x, along_y = np.asarray(blurred(mask, 4, 0)), np.asarray(blurred(mask, 0, 4))
    assert np.flatnonzero(along_x.any(axis=1)).tolist() == [20]
    assert np.flatnonzero(along_y.any(axis=0)).tolist() == [30]
    assert blurred(mask, 0, 0) is mask


def test_crop_region() -> None:
    assert crop_region(spot(), 0) == (10, 12, 20, 30)
    assert crop_region(spot(), 15) == (0, 0, 35, 45)
    assert crop_region(Image.new("L", (4, 4)), 3) is None


@pytest.mark.parametrize("target", [(64, 64), (64, 32), (32, 64), (512, 8)])
@pytest.mark.parametrize(
    "box", [(10, 12, 20, 30), (0, 0, 1, 1), (60, 44, 64, 48), (0, 0, 64, 48), (5, 0, 6, 48)]
)
def test_regions_grow_inside_the_picture(box: Box, target: tuple[int, int]) -> None:
    x1, y1, x2, y2 = expand_region(box, *target, 64, 48)
    assert 0 <= x1 <= box[0] < box[2] <= x2 <= 64
    assert 0 <= y1 <= box[1] < box[3] <= y2 <= 48


def test_the_region_takes_the_aspect_ratio() -> None:
    assert expand_region((20, 12, 30, 32), 64, 64, 64, 48) == (15, 12, 35, 32)


def test_only_masked_cuts_and_the_whole_picture_is_resized() -> None:
    wanted = {"width": 32, "height": 32, "padding": 2, "resize_mode": 0}
    cut = prepare_mask(spot(), only_masked=True, **wanted)
    whole = prepare_mask(spot(), only_masked=False, **wanted)
    assert cut is not None and whole is not None
    assert (cut.image.size, cut.overlay.size, cut.paste_to) == ((32, 32), (64, 48), (4, 10, 22, 22))
    assert (whole.image.size, whole.paste_to) == ((32, 32), None)
    assert prepare_mask(Image.new("L", (8, 8)), only_masked=True, **wanted) is None


def test_whole_overlays_are_twice_as_strong() -> None:
    grey = prepare_mask(
        Image.new("L", (8, 8), 100), width=8, height=8, only_masked=False, padding=0, resize_mode=0
    )
    assert grey is not None
    assert grey.overlay.getpixel((0, 0)) == 200


def test_inverting_and_latent_cells() -> None:
    assert invert(Image.new("L", (1, 1), 55)).getpixel((0, 0)) == 200
    cells = latent_mask(spot((64, 64), (0, 0, 32, 64)), 8, 8, rounded=True)
    assert cells.shape == (8, 8)
    assert set(cells.ravel()) == {0.0, 1.0}
    assert latent_mask(Image.new("L", (8, 8), 51), 1, 1, rounded=False)[0, 0] == pytest.approx(0.2)
