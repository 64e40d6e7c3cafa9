"""Decode base64 as people write it: with or without padding, in either alphabet, in lines, as a data URI."""

from __future__ import annotations

import binascii
import string
from urllib.parse import unquote

_ALPHABETS = (string.ascii_letters + string.digits + "+/-_").encode()
_JUNK = bytes(set(range(256)) - set(_ALPHABETS))
_URL_SAFE = bytes.maketrans(b"-_", b"+/")
_PYTHON_BYTES = ("b'", 'b"')


def read_base64(text: str) -> bytes:
    """The bytes of base64 or of a ``data:`` URI of any type; characters of no alphabet are skipped.

    Raises ValueError for what is neither, and for text that holds no data at all.
    """
    text = text.strip()
    if text[:5].lower() == "data:":
        text = text.partition(",")[2]
    if "%" in text:
        text = unquote(text)
    if text.startswith(_PYTHON_BYTES) and text.endswith(text[1]):  # a bytes literal, by mistake
        text = text[2:-1]
    digits = text.partition("=")[0].encode("ascii", "ignore").translate(_URL_SAFE, _JUNK)
    if not digits or len(digits) % 4 == 1:
        raise ValueError("it is no base64")
    return binascii.a2b_base64(digits + b"=" * (-len(digits) % 4))
