"""Content shuffle: move every pixel along a smooth random flow."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from extensions.controlnet.units.pictures import Array

CELL = 256


def smooth_noise(
    height: int, width: int, random: np.random.RandomState, cell: int = CELL
) -> NDArray[np.float64]:
    """(height, width) in 0..1 that varies smoothly over about ``cell`` pixels."""
    coarse = random.uniform(low=0, high=1, size=(height // cell + 2, width // cell + 2, 1))
    size = (width + 2 * cell, height + 2 * cell)
    field = np.asarray(cv2.resize(coarse, size, interpolation=cv2.INTER_CUBIC))
    field = field[cell : cell + height, cell : cell + width]
    field = field - field.min()
    return field / field.max()


def shuffle(array: Array, random: np.random.RandomState, cell: int = CELL) -> Array:
    """(h, w, 3) with the content moved about, parts of about ``cell`` pixels together."""
    height, width = array.shape[:2]
    x = smooth_noise(height, width, random, cell) * float(width - 1)
    y = smooth_noise(height, width, random, cell) * float(height - 1)
    flow = np.dstack([x, y]).astype(np.float32)
    moved = cv2.remap(array, flow, None, cv2.INTER_LINEAR)  # pyright: ignore[reportCallIssue, reportArgumentType]
    return np.asarray(moved, np.uint8)
