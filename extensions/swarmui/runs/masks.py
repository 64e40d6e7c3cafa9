"""Masks whose white grows."""

from __future__ import annotations

from PIL import Image, ImageChops

from pipelines.plugin import decode_image, encode_image, read_base64


def grown(picture: str, by: int, size: tuple[int, int]) -> bytes:
    """The mask at the picture's size, its white grown by so many pixels. Raises InvalidRequest."""
    try:
        data = read_base64(picture)
    except ValueError:
        data = b""
    image = decode_image(data, field="mask.picture").convert("L").resize(size)
    return encode_image(spread(image, by), "png")


def spread(image: Image.Image, by: int) -> Image.Image:
    """White grown by ``by`` pixels to all sides, black shrunk by as many."""
    for x, y in ((1, 0), (0, 1)):
        reach = 0
        while reach < by:
            step = min(by - reach, max(reach, 1))
            both = ImageChops.lighter(
                _shifted(image, x * step, y * step), _shifted(image, -x * step, -y * step)
            )
            image, reach = ImageChops.lighter(image, both), reach + step
    return image


def _shifted(image: Image.Image, x: int, y: int) -> Image.Image:
    moved = Image.new("L", image.size)
    moved.paste(image, (x, y))
    return moved
