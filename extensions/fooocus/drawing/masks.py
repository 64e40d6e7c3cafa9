"""Masks: read, grown, inverted, and softened for laying a picture back."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from extensions.fooocus.drawing.reading import flat

Mask = NDArray[np.uint8]
"""(height, width): 255 where the picture is repainted, else 0."""
_KERNEL = np.ones((3, 3), dtype=np.uint8)
RAMP, STEP = 32, 8
LEVEL = 127


def read_mask(data: bytes | None, size: tuple[int, int], *, field: str) -> Mask:
    """The mask of an encoded picture's bright first channel, at ``size``; all 0 without a picture."""
    if data is None:
        return np.zeros((size[1], size[0]), dtype=np.uint8)
    picture = flat(data, field=field)
    if picture.size != size:
        picture = picture.resize(size, Image.Resampling.NEAREST)
    return binary(np.asarray(picture)[:, :, 0])


def binary(values: NDArray[np.uint8]) -> Mask:
    """Bright values as 255, others as 0."""
    return np.where(values > LEVEL, 255, 0).astype(np.uint8)


def changed(mask: Mask, *, grow: int, invert: bool) -> Mask:
    """The mask grown by ``grow`` pixels, or shrunk by them below 0; then inverted if asked."""
    if grow > 0:
        mask = np.asarray(cv2.dilate(mask, _KERNEL, iterations=grow), dtype=np.uint8)
    elif grow < 0:
        mask = np.asarray(cv2.erode(mask, _KERNEL, iterations=-grow), dtype=np.uint8)
    return (255 - mask).astype(np.uint8) if invert else mask


def latent_mask(mask: Mask, cell: int) -> Mask:
    """The mask in cells of so many pixels: a cell with one bright pixel is bright."""
    height, width = mask.shape
    rows, columns = -(-height // cell), -(-width // cell)
    padded = np.zeros((rows * cell, columns * cell), dtype=np.uint8)
    padded[:height, :width] = mask
    cells = padded.reshape(rows, cell, columns, cell).max(axis=(1, 3))
    return cells.repeat(cell, axis=0).repeat(cell, axis=1)[:height, :width]


def softened(mask: Mask) -> NDArray[np.float64]:
    """The mask with a linear ramp of 32 pixels outside it, in 0..1: the share of the drawn picture."""
    soft = np.where(mask > LEVEL, 256.0, 0.0)
    for _ in range(RAMP):
        wider = np.asarray(cv2.dilate(soft, _KERNEL), dtype=np.float64) - STEP
        soft = np.maximum(soft, wider)
    return np.clip(soft, 0, 256) / 256.0
