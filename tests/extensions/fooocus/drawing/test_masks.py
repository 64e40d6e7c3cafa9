"""Masks read, grown, shrunk, inverted and softened."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from extensions.fooocus.drawing.masks import Mask, changed, latent_mask, read_mask, softened


def spot() -> Mask:
    mask = np.zeros((64, 96), dtype=np.uint8)
    mask[30:34, 40:44] = 255
    return mask


def as_bytes(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def test_masks_are_read_by_their_first_channel_over_white() -> None:
    image = Image.new("RGBA", (4, 2), (0, 255, 255, 255))
    image.putpixel((0, 0), (255, 0, 0, 255))
    image.putpixel((1, 0), (0, 0, 0, 0))
    made = read_mask(as_bytes(image), (4, 2), field="input_mask")
    assert made.tolist() == [[255, 255, 0, 0], [0, 0, 0, 0]]
    assert read_mask(as_bytes(image), (8, 4), field="input_mask").shape == (4, 8)
    assert not read_mask(None, (4, 2), field="input_mask").any()


@pytest.mark.parametrize(("grow", "side"), [(0, 4), (2, 8), (-1, 2)])
def test_masks_grow_and_shrink(grow: int, side: int) -> None:
    assert int((changed(spot(), grow=grow, invert=False) > 0).sum()) == side**2


def test_masks_turn_round_after_they_grew() -> None:
    made = changed(spot(), grow=2, invert=True)
    assert int((made == 0).sum()) == 64


def test_one_pixel_makes_a_cell() -> None:
    made = latent_mask(spot(), 8)
    assert made.shape == (64, 96)
    assert np.argwhere(made[::8, ::8]).tolist() == [[3, 5], [4, 5]]
    larger = latent_mask(spot(), 16)
    assert np.argwhere(larger[::16, ::16]).tolist() == [[1, 2], [2, 2]]


def test_the_ramp_lies_outside() -> None:
    soft = softened(spot())
    assert soft[30:34, 40:44].min() == 1.0
    assert soft[32, 44] == (256 - 8) / 256
    assert soft[32, 44 + 31] == 0.0
