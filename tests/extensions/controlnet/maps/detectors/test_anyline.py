"""Anyline's two layers: soft edges, and large faint lines laid over them."""

from __future__ import annotations

import numpy as np

from extensions.controlnet.maps.detectors.anyline import SMALLEST, combined
from extensions.controlnet.units.pictures import Array

EDGES: Array = np.full((20, 60, 3), 100, np.uint8)


def lines(length: int, value: int) -> Array:
    flat = np.zeros((20, 60, 3), np.uint8)
    flat[10, 5 : 5 + length] = value
    return flat


def test_without_lines_edges_stay() -> None:
    assert np.array_equal(combined(EDGES, np.zeros_like(EDGES)), EDGES)


def test_strong_lines_are_dropped() -> None:
    assert np.array_equal(combined(EDGES, lines(50, 2)), EDGES)


def test_faint_lines_are_laid_over_by_a_screen_in_eight_bits() -> None:
    made = combined(EDGES, lines(SMALLEST, 1))
    # 1 - (1 - 1)(1 - 100) = 1
    assert (made[10, 5 : 5 + SMALLEST] == 1).all()
    rest = made.copy()
    rest[10, 5 : 5 + SMALLEST] = 100
    assert np.array_equal(rest, EDGES)


def test_short_lines_are_dropped() -> None:
    assert np.array_equal(combined(EDGES, lines(SMALLEST - 1, 1)), EDGES)
