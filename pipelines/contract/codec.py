"""Dataclasses to bytes and back: tagged JSON, with pictures as raw blobs behind it; reading runs no code.

Layout: magic, length of the JSON (4 bytes, big endian), JSON, blobs one after the other. The JSON is
``[sizes of the blobs, value]``. A value that JSON has no form for is an object with one ``$`` key.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, TypeVar

from pipelines.contract import options, preprocessing, progress, requests, results, settings, training

MAGIC = b"SDJ1"
_HEADER = struct.Struct(">4sI")
_T = TypeVar("_T")


class CodecError(ValueError):
    """Bytes that are damaged or of another version, or a value that can't be written."""


TYPES: dict[str, type] = {}
"""The dataclasses that may be read, by name."""
FORMER_NAMES = {"InterrogateRequest": "CaptionRequest"}
"""Types that stores of earlier versions hold under another name."""
FORMER_FIELDS = {"ExtrasResult": frozenset({"html_info"})}
"""Fields that stores of earlier versions hold and nothing is read from."""


def register(*kinds: type) -> None:
    """Allow dataclasses to be written and read. Raises ValueError for another one of a name that is taken."""
    known = dict(TYPES)
    for kind in kinds:
        taken = known.setdefault(kind.__name__, kind)
        if taken is not kind:
            raise ValueError(f"{kind.__module__} and {taken.__module__} both have a {kind.__name__}")
    TYPES.update(known)


for _module in (options, preprocessing, progress, requests, results, settings, training):
    register(*(kind for kind in vars(_module).values() if isinstance(kind, type) and is_dataclass(kind)))


def encode(value: object) -> bytes:
    """Write a value of registered dataclasses, plain Python types, paths, tuples, frozensets and bytes.

    Raises CodecError for anything else.
    """
    blobs: list[bytes] = []
    tree = _pack(value, blobs)
    text = json.dumps([[len(blob) for blob in blobs], tree], separators=(",", ":")).encode("ascii")
    return b"".join((_HEADER.pack(MAGIC, len(text)), text, *blobs))


def decode(data: bytes, kind: type[_T]) -> _T:
    """Read a value that ``encode`` wrote. Raises CodecError unless it is a ``kind``."""
    value = decode_any(data)
    if not isinstance(value, kind):
        raise CodecError(f"found {type(value).__name__} where {kind.__name__} was expected")
    return value


def decode_any(data: bytes) -> object:
    """Read a value of any type that ``encode`` wrote. Raises CodecError."""
    try:
        magic, size = _HEADER.unpack_from(data)
        start = _HEADER.size + size
        sizes, tree = json.loads(data[_HEADER.size : start])
        blobs = _cut(data, start, sizes)
        if magic != MAGIC:
            raise CodecError("not written by this version")
        return _unpack(tree, blobs)
    except (
        struct.error,
        ValueError,
        TypeError,
        KeyError,
        IndexError,
        AttributeError,
        RecursionError,
    ) as error:
        raise CodecError(f"unreadable: {error}") from error


def _cut(data: bytes, start: int, sizes: list[int]) -> list[bytes]:
    blobs: list[bytes] = []
    for size in sizes:
        blobs.append(data[start : start + size])
        start += size
    if start != len(data):
        raise CodecError("bytes are missing or left over")
    return blobs


def _pack(value: Any, blobs: list[bytes]) -> Any:
    match value:
        case None | bool() | int() | float() | str():
            return value
        case bytes():
            blobs.append(value)
            return {"$b": len(blobs) - 1}
        case list():
            return [_pack(item, blobs) for item in value]
        case tuple():
            return {"$t": [_pack(item, blobs) for item in value]}
        case set() | frozenset():
            return {"$s": [_pack(item, blobs) for item in sorted(value)]}
        case Path():
            return {"$p": str(value)}
        case Mapping():
            return _pack_mapping(value, blobs)
        case _:
            return _pack_dataclass(value, blobs)


def _pack_mapping(value: Mapping[Any, Any], blobs: list[bytes]) -> Any:
    if all(isinstance(key, str) and not key.startswith("$") for key in value):
        return {key: _pack(item, blobs) for key, item in value.items()}
    return {"$d": [[_pack(key, blobs), _pack(item, blobs)] for key, item in value.items()]}


def _pack_dataclass(value: Any, blobs: list[bytes]) -> Any:
    name = type(value).__name__
    if TYPES.get(name) is not type(value):
        raise CodecError(f"a value of type {name} can't be written")
    return {"$": name, **{f.name: _pack(getattr(value, f.name), blobs) for f in fields(value)}}


def _unpack(value: Any, blobs: list[bytes]) -> Any:
    match value:
        case list():
            return [_unpack(item, blobs) for item in value]
        case {"$": str(name), **rest}:
            kind, gone = TYPES[FORMER_NAMES.get(name, name)], FORMER_FIELDS.get(name, frozenset())
            return kind(**{key: _unpack(item, blobs) for key, item in rest.items() if key not in gone})
        case dict() if len(value) == 1 and next(iter(value)) in _TAGS:
            tag, inner = next(iter(value.items()))
            return _TAGS[tag](inner, blobs)
        case dict():
            return {key: _unpack(item, blobs) for key, item in value.items()}
        case _:
            return value


_TAGS: dict[str, Callable[[Any, list[bytes]], Any]] = {
    "$b": lambda index, blobs: blobs[index],
    "$t": lambda items, blobs: tuple(_unpack(item, blobs) for item in items),
    "$s": lambda items, blobs: frozenset(_unpack(item, blobs) for item in items),
    "$p": lambda text, blobs: Path(text),
    "$d": lambda pairs, blobs: {_unpack(key, blobs): _unpack(item, blobs) for key, item in pairs},
}
