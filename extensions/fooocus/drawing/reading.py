"""Pictures of a request in the engine: three channels, alpha over white; and back to bytes."""

from __future__ import annotations

from PIL import Image

from pipelines.plugin import decode_picture, encode_picture


def flat(data: bytes, *, field: str) -> Image.Image:
    """An encoded picture in RGB. Raises InvalidRequest naming ``field``."""
    picture = decode_picture(data, field=field)
    if picture.mode != "RGBA":
        return picture.convert("RGB")
    ground = Image.new("RGBA", picture.size, "white")
    return Image.alpha_composite(ground, picture).convert("RGB")


def as_png(picture: Image.Image) -> bytes:
    """The picture as PNG without metadata."""
    return encode_picture(picture, "png", infotext=None)
