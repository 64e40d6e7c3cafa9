"""Textual inversions that travel inside pictures: in a PNG text chunk, or in the pixels (spec 9.8)."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeAlias, cast

import numpy as np
import torch

from pipelines.pictures.reading.opening import open_picture

Bytes: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[np.uint8]]
CHUNK_KEY = "sd-ti-embedding"
MAX_BYTES = 256 * 1024 * 1024
_MULTIPLIER, _INCREMENT = 1664525, 1013904223


def read_picture_record(path: Path) -> Mapping[str, Any] | None:
    """Return the stored record, or None if the picture carries none. Raises ValueError if it is damaged."""
    picture = open_picture(path)
    text = picture.info.get(CHUNK_KEY)
    if isinstance(text, str):
        return decode_record(base64.b64decode(text))
    pixels = cast(Bytes, np.asarray(picture.convert("RGB")))
    payload = read_pixels(pixels)
    return None if payload is None else decode_record(payload)


def decode_record(data: bytes) -> Mapping[str, Any]:
    """Parse the JSON of a record; ``{"TORCHTENSOR": nested list}`` becomes a tensor."""
    try:
        record: object = json.loads(data, object_hook=_tensor_hook)
    except RecursionError as error:
        raise ValueError("the record is nested too deeply") from error
    if not isinstance(record, dict):
        raise ValueError("the record is no object")
    return cast("Mapping[str, Any]", record)


def read_pixels(pixels: Bytes) -> bytes | None:
    """Return the payload hidden at the left and right of a picture (H, W, 3), None if there is none."""
    low = _crop_black(pixels) & np.uint8(0x0F)
    empty = np.flatnonzero(low.sum(axis=(0, 2)) == 0)
    if len(empty) < 2:
        return None
    left, right = low[:, : empty[0]], low[:, empty[-1] + 1 :]
    if left.shape != right.shape or left.size == 0:
        return None
    return _inflate((mask_bytes(right) << np.uint8(4) | mask_bytes(left)).astype(np.uint8).tobytes())


def _inflate(data: bytes) -> bytes | None:
    inflater = zlib.decompressobj()
    try:
        payload = inflater.decompress(data, MAX_BYTES)
    except zlib.error:
        return None
    if inflater.unconsumed_tail:
        raise ValueError("the payload is larger than 256 MiB")
    return payload


def _crop_black(pixels: Bytes) -> Bytes:
    lit = pixels.max(axis=2) > 0
    rows, columns = np.flatnonzero(lit.any(axis=1)), np.flatnonzero(lit.any(axis=0))
    if len(rows) == 0:
        return pixels[:0, :0]
    return pixels[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def mask_bytes(block: Bytes) -> Bytes:
    """Put on, or take off, the XOR with the low nibbles of a generator's stream, row by row."""
    return block.reshape(-1) ^ (_stream(block.size) & np.uint8(0x0F))


def _stream(count: int) -> Bytes:
    values = np.empty(count, dtype=np.uint8)
    state = 0
    for index in range(count):
        state = (_MULTIPLIER * state + _INCREMENT) % 2**32
        values[index] = state % 255
    return values


def _tensor_hook(entry: dict[str, Any]) -> object:
    return torch.tensor(entry["TORCHTENSOR"]) if "TORCHTENSOR" in entry else entry
