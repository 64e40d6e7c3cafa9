"""Encoded pictures for tests, whole and damaged."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import numpy as np
from PIL import Image

EIGHT = np.tile(np.linspace(0, 255, 64).astype(np.uint8), (48, 1))
"""A grey ramp, (48, 64)."""


def encoded(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    """A picture as a file of some kind."""
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def scene(width: int = 24, height: int = 16) -> Image.Image:
    """A picture without any symmetry."""
    y, x = np.mgrid[0:height, 0:width]
    pixels = np.stack([x * 255 // width, y * 255 // height, (x * 3 + y * 7) % 256], axis=-1)
    return Image.fromarray(pixels.astype(np.uint8))


def chunk(kind: bytes, data: bytes, *, sound: bool = True) -> bytes:
    """A PNG chunk; ``sound`` False gives it a wrong checksum."""
    checksum = zlib.crc32(kind + data) ^ (0 if sound else 1)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", checksum)


def with_chunks(image: Image.Image, *chunks: bytes) -> bytes:
    """A PNG with more chunks after its header."""
    data = encoded(image)
    return data[:33] + b"".join(chunks) + data[33:]


def exif(comment: bytes, order: str = ">", *, orientation: int | None = None) -> bytes:
    """An EXIF block of tables for a user comment, and an orientation if one is given."""
    head = (b"MM" if order == ">" else b"II") + struct.pack(order + "HI", 42, 8)
    turn = () if orientation is None else (struct.pack(order + "HHIHH", 0x0112, 3, 1, orientation, 0),)
    place = 8 + 2 + 12 * (len(turn) + 1) + 4
    link = struct.pack(order + "HHII", 0x8769, 4, 1, place)
    first = struct.pack(order + "H", len(turn) + 1) + b"".join(turn) + link + bytes(4)
    entry = struct.pack(order + "HHII", 0x9286, 7, len(comment), place + 2 + 12 + 4)
    return b"Exif\0\0" + head + first + struct.pack(order + "H", 1) + entry + bytes(4) + comment
