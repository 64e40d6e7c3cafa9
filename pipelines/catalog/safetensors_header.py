"""Read the header of a safetensors file without torch: metadata, tensor names, shapes and dtypes."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from pipelines.catalog.bounded import parse_json
from pipelines.catalog.file_kind import AGAIN, damaged, explain
from pipelines.contract.errors import CorruptFile

MAX_HEADER_BYTES = 32 << 20
MAX_SIDES, MAX_SIDE = 64, 1 << 48
BITS = {
    "F4": 4,
    "F8_E4M3": 8,
    "F8_E5M2": 8,
    "F8_E8M0": 8,
    "BOOL": 8,
    "U8": 8,
    "I8": 8,
    "U16": 16,
    "I16": 16,
    "F16": 16,
    "BF16": 16,
    "U32": 32,
    "I32": 32,
    "F32": 32,
    "U64": 64,
    "I64": 64,
    "F64": 64,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TensorInfo:
    """One tensor of the file; ``start`` and ``end`` are byte offsets after the header."""

    dtype: str
    shape: tuple[int, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """The whole header; ``data_offset`` is where the tensor bytes begin in the file."""

    metadata: Mapping[str, Any]
    tensors: Mapping[str, TensorInfo]
    data_offset: int

    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Tensor name -> shape."""
        return {name: info.shape for name, info in self.tensors.items()}


def read_header(path: Path) -> Header:
    """Read and check a header; raises CorruptFile naming the file when anything does not fit.

    Layout: 8 bytes little-endian length, JSON, tensor bytes
    (https://github.com/huggingface/safetensors#format).
    """
    try:
        size = path.stat().st_size
        table, data_offset = read_table(path)
    except OSError as error:
        raise CorruptFile(f"{path.name} can't be read: {error.strerror or error}") from error
    metadata = _metadata(path, table.pop("__metadata__", {}))
    tensors = {name: _tensor(path, name, entry, size - data_offset) for name, entry in table.items()}
    return Header(metadata=metadata, tensors=tensors, data_offset=data_offset)


def read_table(path: Path) -> tuple[dict[str, Any], int]:
    """Read a header's JSON, entries unchecked, and the offset of the tensors. Raises CorruptFile, OSError."""
    with path.open("rb") as file:
        text = _header_text(path, file, path.stat().st_size)
    return _parse(path, text), 8 + len(text)


def _header_text(path: Path, file: BinaryIO, size: int) -> bytes:
    prefix = file.read(8)
    length = int.from_bytes(prefix, "little")
    if len(prefix) < 8 or length > min(size - 8, MAX_HEADER_BYTES):
        raise damaged(path, "the safetensors header is incomplete")
    text = file.read(length)
    if len(text) != length or not text.startswith(b"{"):
        raise CorruptFile(f"{path.name} is {explain(path) or 'not a safetensors file'}")
    return text


def _parse(path: Path, text: bytes) -> dict[str, Any]:
    try:
        table: dict[str, Any] = parse_json(text)
    except ValueError as error:
        raise CorruptFile(f"{path.name} is damaged: the safetensors header is not JSON that ends") from error
    return table


def _metadata(path: Path, raw: object) -> dict[str, Any]:
    if not isinstance(raw, dict):
        raise CorruptFile(f"{path.name} is damaged: __metadata__ is not an object")
    items: dict[str, object] = {str(key): value for key, value in raw.items()}  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
    return {key: decode_value(value) for key, value in items.items()}


def decode_value(value: object) -> object:
    """Parse a text that looks like a JSON object, as A1111 shows it; any other value stays as it is."""
    if isinstance(value, str) and value.startswith("{"):
        try:
            return parse_json(value)
        except ValueError:
            return value
    return value


def _tensor(path: Path, name: str, entry: Any, available: int) -> TensorInfo:
    try:
        shape = tuple(_whole(side) for side in entry["shape"][: MAX_SIDES + 1])
        start, end = (_whole(offset) for offset in entry["data_offsets"])
        info = TensorInfo(dtype=str(entry["dtype"]), shape=shape, start=start, end=end)
    except (KeyError, TypeError, ValueError) as error:
        raise CorruptFile(f"{path.name} is damaged: bad entry for tensor {name[:100]}") from error
    bits = math.prod(shape) * BITS.get(info.dtype, 0)
    good = start <= end and len(shape) <= MAX_SIDES and all(0 <= side <= MAX_SIDE for side in shape)
    if not good or start < 0 or bits not in (0, 8 * (end - start)):
        raise CorruptFile(f"{path.name} is damaged: tensor {name[:100]} has a wrong length")
    if end > available:
        raise CorruptFile(
            f"{path.name} is truncated: tensor {name[:100]} ends beyond the file, of which "
            f"{available} of {end} bytes are there; the download is incomplete, {AGAIN}"
        )
    return info


def _whole(value: Any) -> int:
    """Return a whole number as it is. Raises TypeError for anything else, True and 1.0 included."""
    if type(value) is not int:
        raise TypeError("not a whole number")
    return value
