"""The answer of a YOLOX network: three grids of cells, a box and 80 classes each."""

from __future__ import annotations

import numpy as np

from tests.onnx_files import Floats

LARGEST_GRID = 80 * 80
BOXES = LARGEST_GRID + 40 * 40 + 20 * 20
THIRD_GRID = BOXES - 20 * 20
MIDDLE = THIRD_GRID + 10 * 20 + 10
"""The cell of the third grid whose corner is the middle of the input."""


def raw_boxes(*places: tuple[int, float], kind: int = 0) -> Floats:
    """(1, n, 85) with a thing of a class, 16 cells wide and high, at every (index, score)."""
    raw = np.zeros((1, BOXES, 85), np.float32)
    for index, score in places:
        raw[0, index, 2:4] = np.log(16.0)
        raw[0, index, 4] = 1.0
        raw[0, index, 5 + kind] = score
    return raw
