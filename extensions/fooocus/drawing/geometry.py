"""Sizes of pictures to work on: measured as the original measures them, in whole cells of the network."""

from __future__ import annotations

import math

from PIL import Image

from pipelines.plugin import Latents

UNIT = 64


def measure(width: float, height: float) -> int:
    """The side of a square of the same area, rounded up to whole units."""
    return math.ceil(math.sqrt(width * height) / UNIT) * UNIT


def fitted(width: int, height: int, side: int) -> tuple[int, int]:
    """The size nearest in shape whose measure is ``side``, in whole units."""
    scale = side / math.sqrt(width * height)
    wide, high = (max(UNIT, round(length * scale / UNIT) * UNIT) for length in (width, height))
    while measure(wide, high) > side and max(wide, high) > UNIT:
        wide, high = (wide - UNIT, high) if wide >= high else (wide, high - UNIT)
    return wide, high


def whole(width: float, height: float, latents: Latents) -> tuple[int, int]:
    """The size in whole cells of the latents, one at least."""
    wide, high = (max(latents.cell, latents.whole(int(length))) for length in (width, height))
    return wide, high


def resized(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    """By Lanczos, unless it has that size."""
    return picture if picture.size == size else picture.resize(size, Image.Resampling.LANCZOS)
