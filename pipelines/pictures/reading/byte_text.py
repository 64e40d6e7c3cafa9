"""Turn the bytes of metadata into text, whatever encoding the program that wrote them used."""

from __future__ import annotations

import codecs
import unicodedata

BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_BE, "utf-16-be"), (codecs.BOM_UTF16_LE, "utf-16-le"))
_PREFIX = 8
"""Bytes at the start of an EXIF UserComment that name its encoding."""
_SAMPLE = 4096
"""Characters by which a byte order is judged."""


def decode_comment(raw: bytes) -> str:
    """The text of an EXIF UserComment. The encoding that it names is taken as a hint only."""
    name, rest = raw[:_PREFIX].rstrip(b"\0 ").upper(), raw[_PREFIX:]
    if name == b"UNICODE":
        text = _utf16_or_utf8(rest)
    elif name == b"JIS":
        text = _japanese(rest)
    elif name in (b"ASCII", b""):
        text = guess_text(rest)
    else:  # no encoding is named: the text begins at once
        text = guess_text(raw)
    return text.rstrip("\0")


def guess_text(raw: bytes) -> str:
    """UTF-16 by its mark or its zero bytes, else UTF-8, else Latin-1."""
    marked = _marked(raw)
    if marked is not None:
        return marked
    body = raw.rstrip(b"\0")
    if body.count(0) * 3 > len(body):
        return _utf16(raw)
    return _utf8(body) if _is_utf8(body) else _damaged(body)


def _marked(raw: bytes) -> str | None:
    """The text after a byte order mark, None without one."""
    for mark, encoding in BOMS:
        if raw.startswith(mark):
            return _whole_units(raw[len(mark) :], encoding).decode(encoding, "replace")
    return None


def _utf16_or_utf8(raw: bytes) -> str:
    """Decode a comment marked UNICODE: UTF-16 by the standard; some are UTF-8, which has no zero bytes."""
    marked = _marked(raw)
    if marked is not None:
        return marked
    body = raw.rstrip(b"\0")
    return _utf8(body) if 0 not in body and _is_utf8(body) else _utf16(raw)


def _utf16(raw: bytes) -> str:
    """UTF-16 of the byte order that reads better; of A1111's, big-endian, if neither does."""
    big, little = (
        _whole_units(raw, encoding).decode(encoding, "replace") for encoding in ("utf-16-be", "utf-16-le")
    )
    return little if _readable(little) > _readable(big) else big


def _readable(text: str) -> int:
    """Score a text: 1 for each plain character, -2 for each that hardly occurs in texts."""
    score = 0
    for character in text[:_SAMPLE]:
        if " " <= character <= "~" or character in "\n\r\t":
            score += 1
        elif unicodedata.category(character) in ("Cc", "Cn", "Co", "Cs"):
            score -= 2
    return score


def _whole_units(raw: bytes, encoding: str) -> bytes:
    return raw[: len(raw) // 2 * 2] if encoding.startswith("utf-16") else raw


def _is_utf8(raw: bytes) -> bool:
    try:
        _utf8(raw)
    except UnicodeDecodeError:
        return False
    return True


def _utf8(raw: bytes) -> str:
    """UTF-8, less a last character that was cut. Raises UnicodeDecodeError."""
    text = codecs.getincrementaldecoder("utf-8")().decode(raw)
    if text.isascii() and len(raw) == len(text) + 1:  # one lone byte at the end is Latin-1
        raw.decode("utf-8")
    return text


def _damaged(raw: bytes) -> str:
    """UTF-8 without its damaged bytes where most of it is sound, else Latin-1."""
    sound = raw.decode("utf-8", "ignore")
    lost = len(raw) - len(sound.encode())
    long = sum(not character.isascii() for character in sound)
    return sound if long >= lost else raw.decode("latin-1")


def _japanese(raw: bytes) -> str:
    """The encodings that go by the name of JIS."""
    body = raw.rstrip(b"\0")
    order = ("iso2022_jp", "utf-8") if b"\x1b" in body else ("utf-8", "euc_jp", "shift_jis")
    for encoding in order:
        try:
            return body.decode(encoding)
        except UnicodeDecodeError:
            continue
    return body.decode("shift_jis", "replace")
