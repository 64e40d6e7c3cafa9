"""Open encoded pictures as A1111 does: EXIF orientation applied, transparency kept."""

from __future__ import annotations

import io
import struct
import zlib

from PIL import Image, UnidentifiedImageError

from pipelines.contract.errors import InvalidRequest
from pipelines.pictures.metadata import orient


def decode_image(data: bytes, *, field: str) -> Image.Image:
    """Decode picture bytes. Raises InvalidRequest naming ``field`` for anything that is not a picture."""
    try:
        image = Image.open(io.BytesIO(data))
        info = dict(image.info)
        image.load()
        turned = orient(image)
    except (
        UnidentifiedImageError,
        Image.DecompressionBombError,
        OSError,
        ValueError,
        SyntaxError,
        struct.error,
        zlib.error,
    ) as error:
        raise InvalidRequest(f"Invalid encoded image: {error}", field=field) from error
    turned.info = info
    return turned
