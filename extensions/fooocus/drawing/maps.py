"""Maps of image prompts: outlines found at many scales, and structure that survives without colour."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from extensions.fooocus.drawing.outpaint import Pixels

SCALES = tuple(round(0.1 * k, 1) for k in range(2, 11))
KEPT, NEW = 0.75, 0.25
"""Weights of the coarser outlines and of the finer ones, when these are added."""
Values = NDArray[np.float32]


def pyramid_canny(pixels: Pixels, low: int, high: int) -> Pixels:
    """Canny's outlines of each colour, from a fifth of the size to all of it, added up."""
    height, width = pixels.shape[:2]
    found: Values | None = None
    for scale in SCALES:
        size = max(1, int(width * scale)), max(1, int(height * scale))
        small = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
        edges = _edges(small, low, high)
        if found is not None:
            wider = np.asarray(cv2.resize(found, size, interpolation=cv2.INTER_LINEAR), dtype=np.float32)
            edges = (wider * KEPT + edges * NEW).astype(np.float32)
        found = edges
    assert found is not None
    return _three(_stretched(found.sum(axis=2), 1, 99))


def _edges(pixels: NDArray[np.uint8], low: int, high: int) -> Values:
    planes = [cv2.Canny(np.ascontiguousarray(pixels[:, :, k]), low, high) for k in range(3)]
    return np.stack([np.asarray(plane > 0, dtype=np.float32) for plane in planes], axis=2)


def structure(pixels: Pixels) -> Pixels:
    """A grey picture that keeps contrasts of colour, and how far colours were pushed to get it."""
    blurred = np.asarray(cv2.GaussianBlur(pixels, (0, 0), 0.8), dtype=np.uint8)
    grey, boosted = cv2.decolor(cv2.cvtColor(blurred, cv2.COLOR_RGB2BGR))
    pushed = np.asarray(cv2.cvtColor(boosted, cv2.COLOR_BGR2RGB), dtype=np.float32)
    distance = np.sqrt(((blurred.astype(np.float32) - pushed) ** 2).sum(axis=2))
    return _three(_stretched(np.asarray(grey, dtype=np.float32) + distance, 4, 96))


def _stretched(values: Values, low: float, high: float) -> NDArray[np.uint8]:
    """Between two percentiles, from 0 to 255."""
    bottom, top = np.percentile(values, low), np.percentile(values, high)
    spread = (values - bottom) / max(float(top - bottom), 1e-5) * 255
    return np.clip(spread, 0, 255).astype(np.uint8)


def _three(values: NDArray[np.uint8]) -> Pixels:
    return np.repeat(values[:, :, None], 3, axis=2)
