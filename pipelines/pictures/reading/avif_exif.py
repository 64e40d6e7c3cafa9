"""Hide a damaged EXIF block from the AVIF decoder, which refuses the whole picture for it."""

from __future__ import annotations

PREFIX = b"Exif\0\0"
MAX_BLOCK = 2**16
_ITEM, _UNKNOWN = b"Exif", b"none"


def is_avif(data: bytes) -> bool:
    """True if the first box of the file names the brand AVIF."""
    return data[4:8] == b"ftyp" and b"avi" in data[8:32]


def without_exif(data: bytes) -> tuple[bytes, bytes]:
    """Rename the EXIF item in the table of items; return the file and the block, b"" without such an item."""
    start = data.find(b"meta")
    size = int.from_bytes(data[start - 4 : start], "big") if start >= 4 else 0
    table = data[start : start + size]
    if _ITEM not in table:
        return data, b""
    renamed = data[:start] + table.replace(_ITEM, _UNKNOWN) + data[start + size :]
    place = max(data.find(PREFIX, start + size), start + size)
    return renamed, data[place : place + _length(table, place)]


def _length(table: bytes, place: int) -> int:
    """Bytes of the block at ``place``, by the table of places, where offset and length stand side by side.

    The four bytes before the block, the offset of its own header, count in the length of the table.
    """
    entry = table.find((place - 4).to_bytes(4, "big"))
    return int.from_bytes(table[entry + 4 : entry + 8], "big") - 4 if entry >= 0 else MAX_BLOCK
