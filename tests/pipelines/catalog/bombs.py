"""Pickles that would keep a careless reader busy without end."""

from __future__ import annotations

import io
import pickle
import struct
import zipfile


def archive(text: bytes) -> bytes:
    """Pack a pickle as torch does."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("archive/data.pkl", text)
        file.writestr("archive/version", "3")
    return buffer.getvalue()


def doubled(levels: int) -> bytes:
    """A table of tables, each with the one before in it twice: small, and without end if walked."""
    inner: dict[str, object] = {}
    for _ in range(levels):
        inner = {"a": inner, "b": inner}
    return pickle.dumps(inner)


def twice(levels: int) -> bytes:
    """A table whose key takes for ever to hash."""
    inner: tuple[object, ...] = ()
    for _ in range(levels):
        inner = (inner, inner)
    body = pickle.dumps(inner, protocol=2)[2:-1]
    return b"\x80\x02}" + body + b"Ns."


BOMBS = {
    "lists without end": b"]" * 1_000_000 + b".",
    "a list in a list": b"]" * 300_000 + b"a" * 299_999 + b".",
    "tables in tables": b"}" + b"X\1\0\0\0a}" * 50_000 + b"s" * 50_000 + b".",
    "a table in itself": doubled(40),
    "a far place in the memo": b"}r\xff\xff\xff\x7f.",
    "a text of a terabyte": b"\x8d" + struct.pack("<Q", 1 << 40) + b".",
    "bytes of a terabyte": b"\x96" + struct.pack("<Q", 1 << 40) + b".",
}
