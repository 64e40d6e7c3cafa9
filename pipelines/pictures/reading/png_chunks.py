"""Read the texts of a PNG, and leave out the chunks that would make its pixels unreadable.

Decoders refuse a whole picture for a damaged side chunk. Here such chunks are dropped, texts are read as far
as they go and within bounds, and what remains is a plain PNG of one frame.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from pipelines.pictures.reading.byte_text import guess_text

MAGIC = b"\x89PNG\r\n\x1a\n"
MAX_CHUNKS = 100_000
MAX_TEXTS = 1000
MAX_TEXT_BYTES = 16 * 2**20
"""Most bytes of one text, unpacked; longer ones are cut."""
MAX_ALL_TEXT_BYTES = 32 * 2**20
"""Most bytes of all texts together; later ones are cut or left out."""

PIXELS = (b"IHDR", b"PLTE", b"IDAT", b"IEND")
SIDE = {b"tRNS": 1, b"gAMA": 4, b"cHRM": 32, b"sRGB": 1, b"pHYs": 9}
"""Chunks that are passed on with the pixels if they are whole, and their least lengths."""
_STEP = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class PngChunk:
    """One chunk: ``whole`` is all of it as it stands in the file, checksum included."""

    kind: bytes
    data: bytes
    whole: bytes

    @property
    def sound(self) -> bool:
        """True if the checksum is right."""
        return zlib.crc32(self.whole[4:-4]) == int.from_bytes(self.whole[-4:], "big")


def read_png(data: bytes) -> tuple[bytes, dict[str, object]]:
    """Return a PNG without its texts and damaged side chunks, and those texts.

    The colour profile and the EXIF block are among them, as bytes, under Pillow's names. Raises ValueError
    for absurdly many chunks.
    """
    kept: list[bytes] = [MAGIC]
    texts: dict[str, object] = {}
    room, read = MAX_ALL_TEXT_BYTES, 0
    for chunk in _chunks(data):
        if chunk.kind in PIXELS or (len(chunk.data) >= SIDE.get(chunk.kind, 1 << 31) and chunk.sound):
            kept.append(chunk.whole)
        elif chunk.kind == b"iCCP":
            texts["icc_profile"] = unpacked(chunk.data.partition(b"\0")[2][1:], MAX_TEXT_BYTES) or None
        elif chunk.kind == b"eXIf":
            texts["exif"] = b"Exif\0\0" + chunk.data
        elif chunk.kind in _TEXTS and read < MAX_TEXTS and room > 0:
            key, value = _TEXTS[chunk.kind](chunk.data, min(room, MAX_TEXT_BYTES))
            if key:
                texts[key.decode("latin-1")] = _decoded(value, chunk.kind)
            room -= len(value)
            read += 1
    return b"".join(kept), texts


def _chunks(data: bytes) -> Iterator[PngChunk]:
    """All chunks up to the end; the last one may be cut off."""
    place = len(MAGIC)
    for _ in range(MAX_CHUNKS):
        if place + 8 > len(data):
            return
        (length,) = struct.unpack_from(">I", data, place)
        kind, start = data[place + 4 : place + 8], place + 8
        place = start + length + 4
        yield PngChunk(kind=kind, data=data[start : start + length], whole=data[start - 8 : place])
        if kind == b"IEND":
            return
    raise ValueError(f"the PNG has more than {MAX_CHUNKS} chunks")


def unpacked(packed: bytes, most: int) -> bytes:
    """Unpack zlib data up to its first damage, or to ``most`` bytes."""
    try:
        return zlib.decompressobj().decompress(packed, most)
    except zlib.error:
        pass  # what comes before the damage counts: the same again in small steps
    inflater = zlib.decompressobj()
    found = bytearray()
    try:
        for start in range(0, len(packed), _STEP):
            found += inflater.decompress(packed[start : start + _STEP], most)
            if len(found) >= most:
                break
    except zlib.error:
        pass
    return bytes(found[:most])


def _decoded(value: bytes, kind: bytes) -> str:
    if kind == b"iTXt":
        try:
            return value.decode("utf-8")
        except UnicodeDecodeError:
            pass  # its writer took another encoding
    return guess_text(value)


def _plain(data: bytes, most: int) -> tuple[bytes, bytes]:
    key, _, value = data.partition(b"\0")
    return key, value[:most]


def _packed(data: bytes, most: int) -> tuple[bytes, bytes]:
    key, _, value = data.partition(b"\0")
    return key, unpacked(value[1:], most)


def _international(data: bytes, most: int) -> tuple[bytes, bytes]:
    """Keyword, two flags, language, translated keyword, text; damaged ones may lack the later parts."""
    key, _, rest = data.partition(b"\0")
    parts = rest[2:].split(b"\0", 2)
    if len(parts) < 3:
        return b"", b""
    return key, unpacked(parts[2], most) if rest[0] else parts[2][:most]


_TEXTS = {b"tEXt": _plain, b"zTXt": _packed, b"iTXt": _international}
