"""Room beside a picture: its edges repeated, with a mask over what is new."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from extensions.fooocus.drawing.masks import Mask

Pixels = NDArray[np.uint8]
"""(height, width, 3), RGB."""
SHARE = 0.3


def margins(
    size: tuple[int, int], sides: Sequence[str], distances: tuple[int, int, int, int]
) -> tuple[int, int, int, int]:
    """Pixels at the left, right, top and bottom: the given distance, else three tenths of the side."""
    width, height = size
    lengths = (width, width, height, height)
    names = ("Left", "Right", "Top", "Bottom")
    left, right, top, bottom = (
        (given if given > 0 else int(SHARE * length)) if name in sides else 0
        for name, length, given in zip(names, lengths, distances, strict=True)
    )
    return left, right, top, bottom


def grown(pixels: Pixels, mask: Mask, room: tuple[int, int, int, int]) -> tuple[Pixels, Mask]:
    """Picture and mask with the new room."""
    left, right, top, bottom = room
    wider = np.pad(pixels, ((top, bottom), (left, right), (0, 0)), mode="edge")
    masked = np.pad(mask, ((top, bottom), (left, right)), mode="constant", constant_values=255)
    return wider, masked
