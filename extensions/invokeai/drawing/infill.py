"""Fill holes in pictures with what is around them."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from PIL import Image

from extensions.invokeai.drawing.patches import filled

MOST_PIXELS = 2 << 20
"""Most pixels at which a picture is filled with patches; larger ones are made smaller for it."""


def healed(image: Image.Image, hole: Image.Image) -> Image.Image:
    """An RGB picture whose hole, white in the mask, is filled from its edges (Telea 2004)."""
    mask = (np.asarray(hole.convert("L")) > 127).astype(np.uint8)
    return Image.fromarray(cv2.inpaint(np.asarray(image.convert("RGB")), mask, 3, cv2.INPAINT_TELEA))


def tiled(image: Image.Image, size: int, seed: int) -> Image.Image:
    """An RGBA picture of which every tile with a hole is filled from a random tile without one."""
    array = np.array(image)
    spots = [(y, x) for y in range(0, image.height, size) for x in range(0, image.width, size)]
    whole = [
        (y, x)
        for y, x in spots
        if y + size <= image.height
        and x + size <= image.width
        and array[y : y + size, x : x + size, 3].min() > 0
    ]
    if not whole:
        return image
    chance = np.random.default_rng(seed)
    result = array.copy()
    for y, x in spots:
        part = result[y : y + size, x : x + size]
        if part[..., 3].min() == 0:
            from_y, from_x = whole[int(chance.integers(len(whole)))]
            tile = array[from_y : from_y + part.shape[0], from_x : from_x + part.shape[1]]
            part[part[..., 3] == 0] = tile[part[..., 3] == 0]
    result[..., 3] = 255
    return Image.fromarray(result)


def filling_size(size: tuple[int, int], downscale: float) -> tuple[int, int]:
    """The size at which a picture is filled with patches: at most its own, at most MOST_PIXELS."""
    width, height = size
    times = max(downscale, 1.0, (width * height / MOST_PIXELS) ** 0.5)
    return max(int(width / times), 1), max(int(height / times), 1)


def patched(
    image: Image.Image, size: tuple[int, int], resample: int, let_others: Callable[[], None]
) -> Image.Image:
    """An RGBA picture whose hole is filled with patches of the rest, worked out at ``size``.

    ``let_others`` is called all the while; what it raises ends the work.
    """
    small = image.resize(size, resample)
    colours, hole = np.array(small.convert("RGB")), np.asarray(small.getchannel("A")) < 255
    made = Image.fromarray(filled(colours, hole, let_others=let_others)).resize(image.size, resample)
    made.paste(image.convert("RGB"), mask=image.getchannel("A"))
    return made
