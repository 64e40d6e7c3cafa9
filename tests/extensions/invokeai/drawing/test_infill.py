"""Holes filled by blurring, by tiles from elsewhere, and by patches at a smaller size."""

from __future__ import annotations

import numpy as np
from PIL import Image

from extensions.invokeai.drawing.infill import MOST_PIXELS, filling_size, healed, patched, tiled
from extensions.invokeai.drawing.patches import ROUNDS
from tests.extensions.invokeai.drawing.test_patches import holed


def checked() -> Image.Image:
    """Tiles of 8 pixels in four colours; the third and the last have holes."""
    image = Image.new("RGBA", (16, 16))
    colours = ((200, 0, 0, 255), (0, 200, 0, 255), (0, 0, 200, 255), (90, 90, 90, 255))
    for number, colour in enumerate(colours):
        left, top = number % 2 * 8, number // 2 * 8
        image.paste(colour, (left, top, left + 8, top + 8))
    image.paste((1, 2, 3, 0), (0, 12, 4, 16))
    image.paste((1, 2, 3, 0), (8, 8, 16, 16))
    return image


def test_a_hole_takes_the_colour_around_it() -> None:
    image, hole = Image.new("RGB", (24, 24), (10, 120, 30)), Image.new("L", (24, 24))
    hole.paste(255, (8, 8, 16, 16))
    broken = image.copy()
    broken.paste((255, 255, 255), (8, 8, 16, 16))
    assert np.abs(np.asarray(healed(broken, hole)).astype(int) - np.asarray(image)).max() <= 2


def test_holes_are_filled_from_whole_tiles_alone() -> None:
    made, given = np.asarray(tiled(checked(), 8, seed=1)), np.asarray(checked())
    hole = given[..., 3] == 0
    assert (made[..., 3] == 255).all()
    assert np.array_equal(made[~hole], given[~hole])
    allowed = {(200, 0, 0), (0, 200, 0)}
    assert {tuple(map(int, pixel[:3])) for pixel in made[hole]} <= allowed
    assert len({tuple(map(int, pixel[:3])) for pixel in made[8:, 8:].reshape(-1, 4)}) == 1


def test_the_seed_chooses_the_tiles() -> None:
    again = [np.asarray(tiled(checked(), 8, seed=seed)) for seed in range(8)]
    assert np.array_equal(again[0], np.asarray(tiled(checked(), 8, seed=0)))
    assert any(not np.array_equal(again[0], other) for other in again)


def test_without_a_whole_tile_nothing_is_filled() -> None:
    image = checked()
    assert tiled(image, 16, seed=0) is image


def test_what_was_seen_of_a_picture_stays_whatever_size_it_is_filled_at() -> None:
    picture, hole = holed()
    image = Image.fromarray(picture)
    image.putalpha(Image.fromarray(((~hole) * 255).astype(np.uint8)))
    calls: list[int] = []
    made = np.asarray(patched(image, (48, 32), Image.Resampling.BICUBIC, lambda: calls.append(1)))
    assert np.array_equal(made[~hole], picture[~hole])
    assert (made[hole] != 255).any()
    assert len(calls) > 2 * ROUNDS


def test_holes_are_filled_at_no_more_pixels_than_there_are_or_are_worked_at() -> None:
    assert filling_size((100, 60), 2) == (50, 30)
    assert filling_size((100, 60), 0.1) == (100, 60)
    assert filling_size((4, 4), 100) == (1, 1)
    width, height = filling_size((8192, 4096), 1)
    assert MOST_PIXELS * 0.99 < width * height <= MOST_PIXELS and abs(width - 2 * height) <= 2
