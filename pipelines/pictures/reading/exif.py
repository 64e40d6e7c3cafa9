"""Read the two tags of an EXIF block that matter, user comment and orientation, however damaged it is."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator, Mapping
from typing import Any

from pipelines.pictures.reading.byte_text import decode_comment

ORIENTATION, EXIF_IFD, USER_COMMENT = 0x0112, 0x8769, 0x9286
PREFIX = b"Exif\0\0"
MAX_ENTRIES = 4096
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8}
_MARKS = re.compile(rb"UNICODE\0|ASCII\0\0\0|JIS\0\0\0\0\0")
_XMP_ORIENTATION = re.compile(rb'tiff:Orientation(?:="|>)([0-9])')
_RAW_PROFILES = ("Raw profile type exif", "Raw profile type APP1")


def exif_block(info: Mapping[Any, Any]) -> bytes:
    """The EXIF block of Pillow's ``info``, b"" without one; ImageMagick's spelling in PNG texts counts."""
    block = info.get("exif")
    if isinstance(block, bytes) and block:
        return block
    for key in _RAW_PROFILES:
        text = info.get(key)
        if isinstance(text, str):
            digits = "".join(text.split("\n")[3:])
            try:
                return bytes.fromhex(digits)
            except ValueError:
                continue
    return b""


def user_comment_text(block: bytes) -> str:
    """The text of the user comment, "" if there is none. Where the tables are damaged, it is searched for."""
    order, tiff = _tiff(block)
    raw = b""
    if order:
        place = _number(_find(tiff, order, _first(tiff, order), EXIF_IFD), order)
        raw = _find(tiff, order, place, USER_COMMENT) or _find(tiff, order, _first(tiff, order), USER_COMMENT)
    mark = _MARKS.search(block)
    if mark and not _MARKS.match(raw):
        raw = block[mark.start() :]
    return decode_comment(raw)


def orientation(info: Mapping[Any, Any]) -> int:
    """Return the orientation, 1 to 8 as EXIF counts; XMP's where EXIF has none."""
    order, tiff = _tiff(exif_block(info))
    value = _number(_find(tiff, order, _first(tiff, order), ORIENTATION), order) if order else 0
    if not value:
        xmp = info.get("xmp") or info.get("XML:com.adobe.xmp") or b""
        xmp = xmp if isinstance(xmp, bytes) else str(xmp).encode("utf-8", "replace")
        found = _XMP_ORIENTATION.search(xmp)
        value = int(found[1]) if found else 1
    return value if 1 <= value <= 8 else 1


def _tiff(block: bytes) -> tuple[str, bytes]:
    """struct's sign of the byte order and the block from its TIFF header on; ("", b"") without one."""
    starts = [start for start in (block.find(b"II*\0"), block.find(b"MM\0*")) if start >= 0]
    if not starts:
        return "", b""
    start = min(starts)
    return ("<" if block[start] == ord("I") else ">"), block[start:]


def _first(tiff: bytes, order: str) -> int:
    return _number(tiff[4:8], order)


def _number(data: bytes, order: str) -> int:
    """An unsigned integer of two or four bytes; 0 of any other length."""
    if len(data) not in (2, 4):
        return 0
    return int(struct.unpack(order + ("H" if len(data) == 2 else "I"), data)[0])


def _find(tiff: bytes, order: str, place: int, wanted: int) -> bytes:
    """The raw value of a tag in the table at ``place``, as much as there is; b"" if it isn't there."""
    return next((value for tag, value in _entries(tiff, order, place) if tag == wanted), b"")


def _entries(tiff: bytes, order: str, place: int) -> Iterator[tuple[int, bytes]]:
    count = _number(tiff[place : place + 2], order) if place >= 8 else 0
    for index in range(min(count, MAX_ENTRIES)):
        entry = tiff[place + 2 + index * 12 : place + 14 + index * 12]
        if len(entry) < 12:
            return
        tag, kind, amount = struct.unpack(order + "HHI", entry[:8])
        size = _SIZES.get(kind, 1) * amount
        start = _number(entry[8:], order)
        yield tag, entry[8 : 8 + size] if size <= 4 else tiff[start : start + size]
