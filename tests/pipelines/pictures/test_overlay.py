"""The unmasked part comes back over a repainted picture, pixel for pixel."""

from __future__ import annotations

import numpy as np
from PIL import Image

from pipelines.pictures.overlay import apply_overlay, make_overlay, masked_composite, uncrop
from tests.pipelines.pictures.files import scene


def half(size: tuple[int, int] = (24, 16)) -> Image.Image:
    """Make a mask that is white at the left."""
    mask = Image.new("L", size)
    mask.paste(255, (0, 0, size[0] // 2, size[1]))
    return mask


def test_the_overlay_is_the_original_with_a_hole() -> None:
    overlay = np.asarray(make_overlay(scene(), half()))
    assert not overlay[:, :12].any()
    assert np.array_equal(overlay[:, 12:, :3], np.asarray(scene())[:, 12:])
    assert (overlay[:, 12:, 3] == 255).all()


def test_masked_pixels_are_the_new_ones_and_all_others_the_old() -> None:
    done = apply_overlay(Image.new("RGB", (24, 16), "red"), make_overlay(scene(), half()), None)
    assert done.mode == "RGB"
    assert done.crop((0, 0, 12, 16)).getcolors() == [(12 * 16, (255, 0, 0))]
    assert np.array_equal(np.asarray(done)[:, 12:], np.asarray(scene())[:, 12:])


def test_without_an_overlay_nothing_changes() -> None:
    picture = scene()
    assert apply_overlay(picture, None, (0, 0, 2, 2)) is picture


def test_a_crop_is_laid_back_where_it_was_cut() -> None:
    laid = uncrop(Image.new("RGB", (8, 8), "red"), (24, 16), (3, 5, 4, 4))
    alpha = np.asarray(laid)[..., 3]
    assert np.argwhere(alpha).min(axis=0).tolist() == [5, 3]
    assert np.argwhere(alpha).max(axis=0).tolist() == [8, 6]
    assert laid.getpixel((3, 5)) == (255, 0, 0, 255)


def test_a_repainted_crop_shows_through_the_hole_alone() -> None:
    crop = Image.new("RGB", (8, 8), "red")
    done = np.asarray(apply_overlay(crop, make_overlay(scene(), half()), (10, 4, 4, 4)))
    assert (done[4:8, 10:12] == (255, 0, 0)).all()
    assert np.array_equal(done[:, 12:], np.asarray(scene())[:, 12:])


def test_the_repainted_part_stands_alone() -> None:
    part = np.asarray(masked_composite(scene(), half()))
    assert np.array_equal(part[:, :12, :3], np.asarray(scene())[:, :12])
    assert (part[:, :12, 3] == 255).all()
    assert not part[:, 12:].any()
