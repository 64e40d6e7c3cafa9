"""Noise on pictures, and colours matched between them."""

from __future__ import annotations

import numpy as np
from PIL import Image


def grained(
    image: Image.Image, *, seed: int, pepper: bool, amount: float, colored: bool, size: int
) -> Image.Image:
    """An RGB picture with grains of so many pixels a side: added noise, or black and white dots."""
    chance = np.random.default_rng(seed)
    cells = (-(-image.height // size), -(-image.width // size))
    array = np.asarray(image).astype(np.float32)
    channels = 3 if colored else 1
    if pepper:
        dots = chance.random((*cells, 1))
        tones = np.where(chance.random((*cells, channels)) < 0.5, 0.0, 255.0)
        grown, placed = _grown(tones, size, array), _grown(dots, size, array)
        result = np.where(placed < amount, np.broadcast_to(grown, array.shape), array)
    else:
        noise = chance.normal(0.0, amount * 255.0, (*cells, channels))
        result = array + _grown(noise, size, array)
    return Image.fromarray(result.clip(0, 255).astype(np.uint8))


def _grown(
    values: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
    size: int,
    like: np.ndarray[tuple[int, ...], np.dtype[np.float32]],
) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    return values.repeat(size, axis=0).repeat(size, axis=1)[: like.shape[0], : like.shape[1]]


def matched(image: Image.Image, reference: Image.Image) -> Image.Image:
    """An RGB picture whose values are spread like those of another, channel by channel."""
    parts = [
        Image.fromarray(_spread(np.asarray(one), np.asarray(other)))
        for one, other in zip(image.split(), reference.split(), strict=True)
    ]
    return Image.merge("RGB", parts)


def _spread(
    values: np.ndarray[tuple[int, ...], np.dtype[np.uint8]],
    like: np.ndarray[tuple[int, ...], np.dtype[np.uint8]],
) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """Each value moved to where as large a share of the other picture lies below it."""
    own = np.bincount(values.ravel(), minlength=256).cumsum() / values.size
    counts = np.bincount(like.ravel(), minlength=256)
    # values that the other lacks are none to move to
    present = np.flatnonzero(counts)
    table = np.interp(own, counts.cumsum()[present] / like.size, present)
    return table[values].round().astype(np.uint8)
