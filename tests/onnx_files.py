"""ONNX files of networks with fixed answers, written by hand."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
FLOAT, INT64 = 1, 7


def _varint(value: int) -> bytes:
    out = b""
    while value > 127:
        out += bytes([value & 127 | 128])
        value >>= 7
    return out + bytes([value])


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _bytes(field: int, value: bytes | str) -> bytes:
    data = value.encode() if isinstance(value, str) else value
    return _varint(field << 3 | 2) + _varint(len(data)) + data


def _tensor(name: str, values: Floats | list[int]) -> bytes:
    if isinstance(values, list):
        shape, kind, raw = (len(values),), INT64, struct.pack(f"<{len(values)}q", *values)
    else:
        shape, kind, raw = values.shape, FLOAT, values.astype("<f4").tobytes()
    return b"".join(_number(1, side) for side in shape) + _number(2, kind) + _bytes(8, name) + _bytes(9, raw)


def _node(kind: str, inputs: tuple[str, ...], output: str) -> bytes:
    return b"".join(_bytes(1, one) for one in inputs) + _bytes(2, output) + _bytes(4, kind)


def _value(name: str, shape: tuple[int, ...]) -> bytes:
    sides = b"".join(_bytes(1, _number(1, side)) for side in shape)
    return _bytes(1, name) + _bytes(2, _bytes(1, _number(1, FLOAT) + _bytes(2, sides)))


def write_onnx(path: Path, size: tuple[int, int], outputs: Mapping[str, Floats]) -> Path:
    """A network for (1, 3, height, width) whose outputs are these, whatever its input is."""
    nodes = [_node("GlobalAveragePool", ("picture",), "mean"), _node("Conv", ("mean", "zero"), "nothing")]
    tensors = [_tensor("zero", np.zeros((1, 3, 1, 1), np.float32)), _tensor("flat", [1, 1, 1])]
    nodes.append(_node("Reshape", ("nothing", "flat"), "bare"))
    for name, values in outputs.items():
        tensors.append(_tensor(f"{name} values", values))
        nodes.append(_node("Add", ("bare", f"{name} values"), name))
    graph = b"".join(_bytes(1, node) for node in nodes) + _bytes(2, "told")
    graph += b"".join(_bytes(5, tensor) for tensor in tensors)
    graph += _bytes(11, _value("picture", (1, 3, *size)))
    graph += b"".join(_bytes(12, _value(name, values.shape)) for name, values in outputs.items())
    path.write_bytes(_number(1, 8) + _bytes(7, graph) + _bytes(8, _number(2, 13)))
    return path
