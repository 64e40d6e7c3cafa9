"""Read text hidden in the lowest bits of pixels, as NovelAI and the stealth-pnginfo programs write it.

Layout: bits column by column, from the alpha channel, or from red, green and blue of each pixel in turn.
First a name of 15 bytes, then the length in bits (32 bits, big-endian), then UTF-8 text, plain or gzip.
"""

from __future__ import annotations

import json
import zlib
from typing import Any, cast

from PIL import Image

NAMES = {b"stealth_pnginfo": False, b"stealth_pngcomp": True}
RGB_NAMES = {b"stealth_rgbinfo": False, b"stealth_rgbcomp": True}
"""Name -> whether the text is packed."""
_HEAD = 15 + 4
MAX_TEXT_BYTES = 4 * 2**20
_LOWEST = [255 * (value & 1) for value in range(256)]


def hidden_items(picture: Image.Image) -> dict[str, str]:
    """Metadata as PNG texts would hold it: ``parameters``, or NovelAI's keys. Empty if nothing is hidden."""
    text = hidden_text(picture)
    if not text:
        return {}
    try:
        found: object = json.loads(text)
    except (ValueError, RecursionError):
        return {"parameters": text}
    if not isinstance(found, dict):
        return {"parameters": text}
    items = cast("dict[str, Any]", found)
    return {key: value if isinstance(value, str) else json.dumps(value) for key, value in items.items()}


def hidden_text(picture: Image.Image) -> str:
    """The hidden text, "" if there is none or it is damaged."""
    if picture.mode in ("RGBA", "LA"):
        text = _read(picture.getchannel("A"), NAMES)
        if text:
            return text
    return _read(picture.convert("RGB"), RGB_NAMES) if picture.mode in ("RGB", "RGBA") else ""


def _read(picture: Image.Image, names: dict[bytes, bool]) -> str:
    head = _bytes(picture, _HEAD)
    packed = names.get(head[:15])
    if packed is None:
        return ""
    length = int.from_bytes(head[15:_HEAD], "big") // 8
    body = _bytes(picture, _HEAD + min(length, MAX_TEXT_BYTES))[_HEAD:]
    if not packed:
        return body.decode("utf-8", "replace")
    try:
        return zlib.decompressobj(wbits=31).decompress(body, MAX_TEXT_BYTES).decode("utf-8", "replace")
    except zlib.error:
        return ""


def _bytes(picture: Image.Image, count: int) -> bytes:
    """The first ``count`` bytes of the lowest bits, or as many as there are."""
    per_column = picture.height * len(picture.getbands())
    columns = min(picture.width, -(-count * 8 // per_column))
    turned = picture.crop((0, 0, columns, picture.height)).transpose(Image.Transpose.TRANSPOSE)
    values = turned.tobytes()
    bits = Image.frombytes("L", (len(values), 1), values).point(_LOWEST, "1")
    return bits.tobytes()[: min(count, len(values) // 8)]
