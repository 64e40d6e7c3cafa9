"""Content shuffle: smooth noise from a random state, and pixels moved along it."""

from __future__ import annotations

import numpy as np

from extensions.controlnet.maps.shuffle import shuffle, smooth_noise


def state(seed: int = 3) -> np.random.RandomState:
    return np.random.RandomState(seed)


def test_noise_fills_the_range_and_is_smooth() -> None:
    noise = smooth_noise(40, 60, state(), cell=16)
    assert noise.shape == (40, 60)
    assert (noise.min(), noise.max()) == (0.0, 1.0)
    steps = np.abs(np.diff(noise, axis=1)).max(), np.abs(np.diff(noise, axis=0)).max()
    assert max(steps) < 0.25


def test_noise_draws_one_number_per_cell_and_two_more_each_way() -> None:
    random, counted = state(), state()
    smooth_noise(40, 60, random, cell=16)
    counted.uniform(size=(40 // 16 + 2) * (60 // 16 + 2))
    assert random.uniform() == counted.uniform()


def test_shuffling_follows_its_random_state() -> None:
    picture = state().randint(0, 256, (32, 48, 3)).astype(np.uint8)
    first = shuffle(picture, state(1), cell=16)
    assert (first.shape, first.dtype) == (picture.shape, np.uint8)
    assert np.array_equal(shuffle(picture, state(1), cell=16), first)
    assert not np.array_equal(shuffle(picture, state(2), cell=16), first)


def test_shuffling_moves_colours_and_makes_none() -> None:
    halves = np.zeros((32, 48, 3), np.uint8)
    halves[:, 24:] = (200, 100, 50)
    moved = shuffle(halves, state(), cell=16).reshape(-1, 3).astype(int)
    # interpolation mixes two colours, which stay on the line between them
    assert moved[:, 0].max() == 200 and moved[:, 0].min() == 0
    assert np.abs(moved[:, 0] - 2 * moved[:, 1]).max() <= 2


def test_every_row_and_column_is_reached() -> None:
    rows = np.arange(48, dtype=np.uint8)[:, None, None].repeat(32, 1).repeat(3, 2)
    for picture in (rows, np.ascontiguousarray(rows.transpose(1, 0, 2))):
        moved = shuffle(picture, state(), cell=16)
        assert moved.shape == picture.shape
        assert (moved.min(), moved.max()) == (0, 47)
