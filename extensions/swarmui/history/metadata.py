"""The metadata that a picture carries: written as text, and read back from a file."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pipelines.plugin import UnreadablePicture, open_picture

MAGIC = b"\x89PNG\r\n\x1a\n"
PARAMETERS = "parameters"
"""The text chunk that SwarmUI reads, and A1111."""
BESIDE = "sui_image_params"
"""The chunk of SwarmUI's metadata where the other holds an infotext."""
TEXTS = (b"tEXt", b"iTXt", b"zTXt")
MOST_TEXT = 4 << 20
HEAD = 64 << 10
"""Bytes of a file in which its texts are looked for first."""


def metadata_text(params: Mapping[str, Any], extra: Mapping[str, Any]) -> str:
    """The JSON text, indented, ASCII only."""
    whole = {"sui_image_params": dict(params), "sui_extra_data": dict(extra)}
    return json.dumps(whole, indent=2, default=str)


def with_texts(png: bytes, texts: Mapping[str, str]) -> bytes:
    """A PNG with these texts in the place of its own; its pixels are not touched."""
    kept = [data for kind, data in _chunks(png) if kind not in TEXTS]
    written = [_text_chunk(key, text) for key, text in texts.items()]
    return b"".join((MAGIC, kept[0], *written, *kept[1:]))


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Kind and whole of every chunk."""
    at = len(MAGIC)
    while at + 12 <= len(png):
        end = at + 12 + int.from_bytes(png[at : at + 4], "big")
        yield png[at + 4 : at + 8], png[at:end]
        at = end


def _text_chunk(key: str, text: str) -> bytes:
    """As tEXt where the text is ASCII, else as iTXt without compression."""
    if text.isascii():
        kind, body = b"tEXt", key.encode("latin-1") + b"\0" + text.encode("latin-1")
    else:
        kind, body = b"iTXt", key.encode("latin-1") + b"\0\0\0\0\0" + text.encode("utf-8", "replace")
    checksum = zlib.crc32(kind + body).to_bytes(4, "big")
    return len(body).to_bytes(4, "big") + kind + body + checksum


def read_text(path: Path) -> str | None:
    """Read a picture's metadata, or the file's beside it; None without any, and for a damaged file."""
    try:
        found = _of_png(path) if path.suffix.lower() == ".png" else _of_other(path)
        return found or _beside(path)
    except (OSError, ValueError):
        return None


def _of_png(path: Path) -> str | None:
    with path.open("rb") as file:
        head = file.read(HEAD)
        if not head.startswith(MAGIC):
            return None
        texts = _texts_of(head)
        if texts is None:
            file.seek(0)
            texts = _texts_of(file.read(MOST_TEXT)) or {}
    return texts.get(BESIDE) or texts.get(PARAMETERS)


def _texts_of(data: bytes) -> dict[str, str] | None:
    """Texts before the pixels; None where the pixels don't begin within the data."""
    texts: dict[str, str] = {}
    for kind, whole in _chunks(data):
        if kind == b"IDAT":
            return texts
        if kind == b"tEXt" and len(whole) <= len(data):
            key, _, text = whole[8:-4].partition(b"\0")
            texts.setdefault(key.decode("latin-1"), text.decode("latin-1"))
        elif kind == b"iTXt":
            key, _, rest = whole[8:-4].partition(b"\0")
            text = rest[2:].split(b"\0", 2)[-1] if rest[:1] == b"\0" else b""
            texts.setdefault(key.decode("latin-1"), text.decode("utf-8", "replace"))
    return None


def _of_other(path: Path) -> str | None:
    if path.suffix.lower() not in (".jpg", ".jpeg", ".webp", ".gif"):
        return None
    from pipelines.plugin import read_metadata

    try:
        return read_metadata(open_picture(path))[0] or None
    except UnreadablePicture:
        return None


def _beside(path: Path) -> str | None:
    side = path.with_suffix(".swarm.json")
    return side.read_text(encoding="utf-8", errors="replace")[:MOST_TEXT] if side.is_file() else None


def with_star(text: str | None) -> str:
    """Return a picture's metadata with the entry that it is starred."""
    try:
        found: Any = json.loads(text) if text else {}
    except ValueError:
        found = {}
    return json.dumps({**(found if isinstance(found, dict) else {}), "is_starred": True}, indent=2)
