"""A1111's generic upscaling: apply until large enough, then Lanczos to the exact multiple of eight."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from PIL import Image

from pipelines.contract.heed import Pieces, heeding

ROUNDS = 3
Once: TypeAlias = Callable[[Image.Image], Pieces[Image.Image]]
"""One application of an upscaler."""


def upscale(picture: Image.Image, scale: float, once: Once) -> Pieces[Image.Image]:
    """Enlarge to floor(side * scale / 8) * 8 pixels with up to three applications of ``once``."""
    width, height = (max(8, int(side * scale // 8 * 8)) for side in picture.size)
    for attempt in heeding(range(ROUNDS)):
        if picture.width >= width and picture.height >= height and (attempt > 0 or scale != 1):
            break
        size = picture.size
        picture = yield from once(picture)
        if picture.size == size:
            break
    if picture.size != (width, height):
        picture = picture.resize((width, height), Image.Resampling.LANCZOS)
    return picture


def resize_once(scale: float, resampling: Image.Resampling) -> Once:
    """Make the one application of the Lanczos or Nearest upscaler."""
    return undivided(
        lambda picture: picture.resize(
            (max(1, int(picture.width * scale)), max(1, int(picture.height * scale))), resampling
        )
    )


def undivided(once: Callable[[Image.Image], Image.Image]) -> Once:
    """Make an application that is a single piece."""

    def run(picture: Image.Image) -> Pieces[Image.Image]:
        yield
        return once(picture)

    return run
