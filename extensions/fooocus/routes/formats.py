"""Saved pictures and previews in the format that a client asks for."""

from __future__ import annotations

import io
from typing import Any

from pipelines.plugin import open_picture

FORMATS = {"png": "PNG", "jpg": "JPEG", "jpeg": "JPEG", "webp": "WEBP"}
"""Pillow's names by the ends of file names."""

EXIF = b"Exif\0\0"
"""Prefix of the Exif block in a JPEG; in a WebP the block lacks it."""


def as_format(data: bytes, extension: str) -> bytes:
    """A picture in another format, with its Exif; the same bytes where it has it."""
    kind = FORMATS[extension]
    image = open_picture(data)
    if image.format == kind:
        return data
    buffer = io.BytesIO()
    exif: bytes = image.info.get("exif") or b""
    more: dict[str, Any] = {"exif": EXIF + exif.removeprefix(EXIF)} if exif else {}
    plain = image.convert("RGB") if kind == "JPEG" else image
    plain.save(buffer, kind, **more)
    return buffer.getvalue()
