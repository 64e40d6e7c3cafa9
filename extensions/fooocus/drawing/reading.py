"""Pictures of a request in the engine: three channels, alpha over white; and back to bytes."""

from __future__ import annotations

from PIL import Image

from pipelines.plugin import decode_image, encode_image


def flat(data: bytes, *, field: str) -> Image.Image:
    """An encoded picture in RGB. Raises InvalidRequest naming ``field``."""
    image = decode_image(data, field=field)
    if image.mode != "RGBA":
        return image.convert("RGB")
    ground = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(ground, image).convert("RGB")


def as_png(image: Image.Image) -> bytes:
    """The picture as PNG without metadata."""
    return encode_image(image, "png", infotext=None)
