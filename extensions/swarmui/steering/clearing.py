"""Parts of a picture made transparent, as words name them."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from extensions.swarmui.steering.wish import ClearWish

Find = Callable[[Image.Image, str], NDArray[np.float32]]
"""A finder: a network's certainty of words at each pixel of an RGB picture, (h, w) in 0..1."""
BLUR = 10
"""Pixels to each side over which an edge is spread."""
KEPT, GONE = 0.2, 0.6
"""Blurred values up to which nothing is cleared, and from which all is."""


def cleared(picture: Image.Image, wish: ClearWish, find: Find) -> Image.Image:
    """The picture, RGBA, without what the words name."""
    sure = find(picture.convert("RGB"), wish.words)
    found = np.where(sure > wish.threshold, sure, 0).astype(np.float32)
    found /= max(float(found.max()), 1e-6)
    found = 1 - found if wish.inverted else found
    side = 2 * BLUR + 1
    blurred = cv2.GaussianBlur(found, (side, side), BLUR)
    gone = np.clip((blurred - KEPT) / (GONE - KEPT), 0, 1)
    made = np.array(picture.convert("RGBA"))
    made[..., 3] = np.round(made[..., 3] * (1 - gone)).astype(np.uint8)
    return Image.fromarray(made)
