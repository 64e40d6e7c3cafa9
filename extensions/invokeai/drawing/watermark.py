"""A text hidden in a picture's colours, as the package invisible-watermark hides it ("dwtDct").

The picture's U channel is halved by a Haar transform; of every 4 x 4 block of that, the largest value
carries a bit by its place within steps of ``STEP``. The text is repeated over the picture.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

STEP = 36.0
BLOCK = 4
SMALLEST = 256 * 256
"""Fewest pixels of a picture with a watermark."""
_U = 1


def hidden_in(image: Image.Image, text: str) -> Image.Image:
    """The picture with the text in it, RGBA. Raises ValueError for small pictures and for no text."""
    yuv = _yuv(image)
    bits = np.unpackbits(np.frombuffer(text.encode(), np.uint8))
    if not len(bits):
        raise ValueError("the watermark has no text")
    low = _low(yuv)
    blocks, at = _outstanding(low)
    rows = np.arange(len(blocks))
    value = blocks[rows, at]
    wanted = (np.abs(value) // STEP + 0.25 + 0.5 * bits[rows % len(bits)]) * STEP
    blocks[rows, at] = np.where(value < 0, -wanted, wanted)
    changed = low.copy()
    height, width = (side // BLOCK * BLOCK for side in low.shape)
    changed[:height, :width] = _joined(blocks, height, width)
    added = np.repeat(np.repeat((changed - low) / 2, 2, axis=0), 2, axis=1)
    channel = yuv[: added.shape[0], : added.shape[1], _U]
    channel[:] = (channel + added).round().clip(0, 255).astype(np.uint8)
    return Image.fromarray(cv2.cvtColor(yuv, cv2.COLOR_YUV2RGB)).convert("RGBA")


def found_in(image: Image.Image, length: int) -> str:
    """A hidden text of ``length`` bytes; without one, whatever the blocks hold. Raises ValueError."""
    blocks, at = _outstanding(_low(_yuv(image)))
    said = (np.abs(blocks[np.arange(len(blocks)), at]) % STEP) > STEP / 2
    count = length * 8
    bits = [said[place::count].mean() > 0.5 if place < len(said) else False for place in range(count)]
    return np.packbits(bits).tobytes().decode(errors="ignore").rstrip("\0")


def _yuv(image: Image.Image) -> NDArray[np.uint8]:
    if image.width * image.height < SMALLEST:
        raise ValueError(f"a picture with a watermark has at least {SMALLEST} pixels")
    return np.asarray(cv2.cvtColor(np.array(image.convert("RGB")), cv2.COLOR_RGB2YUV), np.uint8)


def _low(yuv: NDArray[np.uint8]) -> NDArray[np.float64]:
    """The low band of the U channel, whose sides are cut to multiples of four."""
    height, width = (side // 4 * 4 for side in yuv.shape[:2])
    pairs = yuv[:height, :width, _U].astype(np.float64).reshape(height // 2, 2, width // 2, 2)
    return np.asarray(pairs.sum(axis=(1, 3)) / 2)


def _outstanding(low: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """(blocks, 16), and the index of each block's largest magnitude, the first aside."""
    height, width = (side // BLOCK for side in low.shape)
    cut = low[: height * BLOCK, : width * BLOCK].reshape(height, BLOCK, width, BLOCK)
    blocks = cut.transpose(0, 2, 1, 3).reshape(-1, BLOCK * BLOCK).copy()
    return blocks, np.abs(blocks[:, 1:]).argmax(axis=1) + 1


def _joined(blocks: NDArray[np.float64], height: int, width: int) -> NDArray[np.float64]:
    cut = blocks.reshape(height // BLOCK, width // BLOCK, BLOCK, BLOCK)
    return cut.transpose(0, 2, 1, 3).reshape(height, width)
