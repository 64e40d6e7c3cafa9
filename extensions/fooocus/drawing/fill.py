"""A first guess of what a mask covers: its surroundings, blurred into it."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from extensions.fooocus.drawing.masks import Mask
from extensions.fooocus.drawing.outpaint import Pixels

PASSES = ((512, 2), (256, 2), (128, 4), (64, 4), (33, 8), (15, 8), (5, 16), (3, 16))
"""Radius of the box in pixels, and how often."""


def filled(pixels: Pixels, mask: Mask) -> Pixels:
    """Blur the picture again and again, each time with its known pixels put back."""
    known = (mask <= 127)[:, :, None]
    current: NDArray[np.float32] = pixels.astype(np.float32)
    original = current.copy()
    for radius, count in PASSES:
        side = 2 * radius + 1
        for _ in range(count):
            blurred = cv2.blur(current, (side, side), borderType=cv2.BORDER_REPLICATE)
            current = np.where(known, original, np.asarray(blurred, dtype=np.float32))
    return np.clip(np.rint(current), 0, 255).astype(np.uint8)
