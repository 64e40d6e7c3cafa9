"""The limbs of animals: lines between points that were found."""

from __future__ import annotations

import numpy as np

from extensions.controlnet.maps.poses.animal_skeleton import LIMBS, POINTS, draw_animals


def test_a_skeleton_joins_every_point() -> None:
    assert len(LIMBS) == POINTS
    assert {point for pair, _ in LIMBS for point in pair} == set(range(POINTS))


def test_limbs_are_lines_five_wide() -> None:
    flat = [0.0] * (3 * POINTS)
    flat[9:15] = [10.0, 20.0, 1.0, 50.0, 20.0, 1.0]
    drawn = draw_animals([flat], 64, 48)
    limb = np.flatnonzero(drawn[:, 30].any(axis=1)).tolist()
    # OpenCV may round the edges of a thick line outwards
    assert limb in (list(range(18, 23)), list(range(17, 24)))


def test_a_point_alone_draws_nothing() -> None:
    flat = [0.0] * (3 * POINTS)
    flat[:3] = [10.0, 10.0, 1.0]
    assert not draw_animals([flat], 64, 48).any()


def test_a_limb_without_one_end_is_not_drawn() -> None:
    flat = [0.0] * (3 * POINTS)
    flat[9:15] = [10.0, 20.0, 1.0, 50.0, 20.0, 0.5]
    assert not draw_animals([flat], 64, 48).any()


def test_every_animal_is_drawn() -> None:
    both: list[list[float]] = []
    for row in (10.0, 30.0):
        flat = [0.0] * (3 * POINTS)
        flat[0:6] = [10.0, row, 1.0, 50.0, row, 1.0]
        both.append(flat)
    drawn = draw_animals(both, 64, 48)
    assert (drawn[10, 30].tolist(), drawn[30, 30].tolist()) == ([0, 0, 255], [0, 0, 255])
    assert draw_animals([], 64, 48).shape == (48, 64, 3)
