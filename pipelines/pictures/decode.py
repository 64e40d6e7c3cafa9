"""Decode encoded pictures for all work: upright, in eight bits and sRGB, transparency kept."""

from __future__ import annotations

from PIL import Image

from pipelines.contract.errors import InvalidRequest
from pipelines.pictures.reading.colour_profile import to_srgb
from pipelines.pictures.reading.eight_bits import eight_bits
from pipelines.pictures.reading.exif import orientation
from pipelines.pictures.reading.opening import UnreadablePicture, open_picture

_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""EXIF's orientation -> what sets the picture upright."""


def decode_picture(data: bytes, *, field: str) -> Image.Image:
    """A picture in mode L, RGB or RGBA, with the file's metadata in ``info``.

    Raises InvalidRequest naming ``field`` for anything that is not a picture.
    """
    stored = decode_as_stored(data, field=field)
    try:
        picture = eight_bits(to_srgb(stored))
    except (ValueError, OSError, MemoryError) as error:
        raise InvalidRequest(f"Invalid encoded image: {error}", field=field) from error
    gone = ("transparency",) if picture.info.get("icc_profile") else ("transparency", "icc_profile")
    picture.info = {key: value for key, value in stored.info.items() if key not in gone}
    return picture


def decode_as_stored(data: bytes, *, field: str) -> Image.Image:
    """A picture upright, in the mode that its file has, as A1111 takes its hash. Raises InvalidRequest."""
    try:
        picture = open_picture(data)
    except UnreadablePicture as error:
        raise InvalidRequest(f"Invalid encoded image: {error}", field=field) from error
    turn = _TURNS.get(orientation(picture.info)) if picture.format != "TIFF" else None  # Pillow turns TIFF
    info = dict(picture.info)
    if turn is not None:
        picture = picture.transpose(turn)
    if picture.mode in ("RGB", "P") and isinstance(info.get("transparency"), bytes):
        picture = picture.convert("RGBA")
        del info["transparency"]
    picture.info = info
    return picture
