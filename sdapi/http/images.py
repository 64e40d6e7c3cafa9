"""Pictures that clients send: base64, data URIs or URLs, checked before they reach the queue."""

from __future__ import annotations

import base64
import binascii
import io
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass

from anyio.to_thread import run_sync
from PIL import Image, UnidentifiedImageError

from sdapi.http.errors import ApiError
from sdapi.http.fetch import FetchPolicy, fetch

FORMATS = tuple("PNG JPEG WEBP GIF BMP DIB TIFF AVIF ICO PPM TGA JPEG2000 QOI PCX SGI DDS PSD".split())
"""Formats that Pillow reads by itself; EPS and the like start other programs."""

UNREADABLE = (
    UnidentifiedImageError,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    OverflowError,
    struct.error,
    zlib.error,
)
"""What Pillow raises for data that is no picture, damaged, or a decompression bomb."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageReader:
    """Reads pictures under the server's limits. ``policy`` is asked anew, as options can change."""

    policy: Callable[[], FetchPolicy]
    max_pixels: int

    async def read(self, value: object, *, field: str) -> bytes:
        """The encoded picture behind a request value, unchanged. Errors name ``field``."""
        if not isinstance(value, str):
            raise ApiError(422, "Invalid encoded image", field=field)
        if value.startswith(("http://", "https://")):
            data = await fetch(value, self.policy(), field=field)
            await run_sync(self._check, data, field, "Invalid image url")
            return data
        return await run_sync(self._decode, value, field)

    def _decode(self, value: str, field: str) -> bytes:
        data = decode_base64(value, field=field)
        self._check(data, field, "Invalid encoded image")
        return data

    def _check(self, data: bytes, field: str, message: str) -> None:
        Image.init()  # else Pillow knows only a few formats by name; costs nothing the second time
        try:
            with Image.open(io.BytesIO(data), formats=FORMATS) as image:
                self._check_size(image.size, field)
                image.load()
        except UNREADABLE as error:
            raise ApiError(422, message, field=field) from error

    def _check_size(self, size: tuple[int, int], field: str) -> None:
        if size[0] * size[1] > self.max_pixels:
            raise ApiError(422, f"Image of {size[0]}x{size[1]} pixels is too large", field=field)


def decode_base64(text: str, *, field: str) -> bytes:
    """Bytes of plain base64 or of a ``data:image/...;base64,`` URI; stray characters are skipped."""
    if text.startswith("data:image/"):
        text = text.partition(",")[2]
    try:
        data = base64.b64decode(text)
    except (binascii.Error, ValueError) as error:
        raise ApiError(422, "Invalid encoded image", field=field) from error
    if not data:
        raise ApiError(422, "Invalid encoded image", field=field)
    return data


def encode_base64(data: bytes) -> str:
    """Base64 with padding and no ``data:`` prefix."""
    return base64.b64encode(data).decode("ascii")
