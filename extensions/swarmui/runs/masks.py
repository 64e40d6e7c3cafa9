"""Masks whose white grows."""

from __future__ import annotations

from PIL import Image, ImageChops

from pipelines.plugin import decode_picture, encode_picture, read_base64


def grown(picture: str, by: int, size: tuple[int, int]) -> bytes:
    """The mask at the picture's size, its white grown by so many pixels. Raises InvalidRequest."""
    try:
        data = read_base64(picture)
    except ValueError:
        data = b""
    mask = decode_picture(data, field="mask.picture").convert("L").resize(size)
    return encode_picture(spread(mask, by), "png")


def spread(picture: Image.Image, by: int) -> Image.Image:
    """White grown by ``by`` pixels to all sides, black shrunk by as many."""
    for x, y in ((1, 0), (0, 1)):
        reach = 0
        while reach < by:
            step = min(by - reach, max(reach, 1))
            both = ImageChops.lighter(
                _shifted(picture, x * step, y * step), _shifted(picture, -x * step, -y * step)
            )
            picture, reach = ImageChops.lighter(picture, both), reach + step
    return picture


def _shifted(picture: Image.Image, x: int, y: int) -> Image.Image:
    moved = Image.new("L", picture.size)
    moved.paste(picture, (x, y))
    return moved
