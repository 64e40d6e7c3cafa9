"""Draw the limbs of animals: the 17 links of AP-10K, in the colours that mmpose publishes.

Yu et al. 2021, arXiv:2108.12617; colours of mmpose's ``ap10k`` data set (Apache-2.0), read as RGB.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from extensions.controlnet.units.pictures import Array

POINTS = 17
LINE_WIDTH = 5
"""OpenCV's thickness, whose edges it may round outwards."""

_HEAD, _SPINE, _LEFT, _RIGHT = (0, 0, 255), (0, 255, 0), (0, 255, 255), (6, 156, 250)
LIMBS = (
    *(((0, 1), _HEAD), ((0, 2), _HEAD), ((1, 2), _HEAD)),
    *(((2, 3), _SPINE), ((3, 4), _SPINE)),
    *(((3, 5), _LEFT), ((5, 6), _LEFT), ((6, 7), _LEFT)),
    *(((3, 8), _RIGHT), ((8, 9), _RIGHT), ((9, 10), _RIGHT)),
    *(((4, 11), _LEFT), ((11, 12), _LEFT), ((12, 13), _LEFT)),
    *(((4, 14), _RIGHT), ((14, 15), _RIGHT), ((15, 16), _RIGHT)),
)
"""Pairs of points and their colours: eyes and nose, neck to tail, fore legs, hind legs."""


def draw_animals(animals: Sequence[Sequence[float]], width: int, height: int) -> Array:
    """(height, width, 3): every animal on black. ``animals``: 17 times x, y in pixels and 1.0 or 0.0 each."""
    canvas = np.zeros((height, width, 3), np.uint8)
    for flat in animals:
        found = [
            (int(flat[i]), int(flat[i + 1])) if flat[i + 2] >= 1.0 else None for i in range(0, 3 * POINTS, 3)
        ]
        for (start, end), colour in LIMBS:
            a, b = found[start], found[end]
            if a is not None and b is not None:
                cv2.line(canvas, a, b, colour, thickness=LINE_WIDTH)
    return canvas
