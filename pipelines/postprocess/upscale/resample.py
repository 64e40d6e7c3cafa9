"""A1111's generic upscaling: apply until large enough, then Lanczos to the exact multiple of eight."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from PIL import Image

from pipelines.contract.heed import Pieces, heeding

ROUNDS = 3
Once: TypeAlias = Callable[[Image.Image], Pieces[Image.Image]]
"""One application of an upscaler."""


def upscale(image: Image.Image, scale: float, once: Once) -> Pieces[Image.Image]:
    """Enlarge to floor(side * scale / 8) * 8 pixels with up to three applications of ``once``."""
    width, height = (max(8, int(side * scale // 8 * 8)) for side in image.size)
    for attempt in heeding(range(ROUNDS)):
        if image.width >= width and image.height >= height and (attempt > 0 or scale != 1):
            break
        size = image.size
        image = yield from once(image)
        if image.size == size:
            break
    if image.size != (width, height):
        image = image.resize((width, height), Image.Resampling.LANCZOS)
    return image


def resize_once(scale: float, resampling: Image.Resampling) -> Once:
    """One application of the Lanczos or Nearest upscaler."""
    return undivided(
        lambda image: image.resize(
            (max(1, int(image.width * scale)), max(1, int(image.height * scale))), resampling
        )
    )


def undivided(once: Callable[[Image.Image], Image.Image]) -> Once:
    """An application that is a single piece."""

    def run(image: Image.Image) -> Pieces[Image.Image]:
        yield
        return once(image)

    return run
