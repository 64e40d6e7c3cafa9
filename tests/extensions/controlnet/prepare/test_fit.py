"""Maps fitted to the picture's size."""

from __future__ import annotations

import numpy as np

from extensions.controlnet.prepare.fit import fit, resize
from extensions.controlnet.units.spellings import ResizeMode


def test_a_thin_line_stays_thin() -> None:
    line = np.zeros((300, 400, 3), np.uint8)
    line[:, 200] = 255
    for side in (512, 256):
        made = fit(line, ResizeMode.JUST_RESIZE, side, side)
        assert set(np.unique(made)) == {0, 255}
        assert (made[side // 2, :, 0] > 0).sum() == 1


def test_crop_takes_the_middle() -> None:
    picture = np.zeros((64, 128, 3), np.uint8)
    picture[:, 32:96] = np.random.RandomState(0).randint(0, 255, (64, 64, 3))
    assert np.array_equal(fit(picture, ResizeMode.CROP, 64, 64), picture[:, 32:96])


def test_bars_take_the_border_colour_and_count_as_masked() -> None:
    tall = np.full((400, 300, 4), 90, np.uint8)
    tall[:, :, 3] = 0
    made = fit(tall, ResizeMode.FILL, 512, 512)
    assert made.shape == (512, 512, 4)
    assert (made[:, :, :3] == 90).all()
    assert (made[:, :60, 3] == 255).all() and (made[:, 200:300, 3] == 0).all()


def test_few_colours_are_not_mixed() -> None:
    picture = np.zeros((10, 10, 3), np.uint8)
    picture[:5], picture[5:] = (200, 0, 0), (0, 0, 200)
    picture[0, 0] = (0, 200, 0)
    before = np.unique(picture.reshape(-1, 3), axis=0)
    assert np.array_equal(np.unique(resize(picture, 37, 23).reshape(-1, 3), axis=0), before)
