"""The tensors of a safetensors file as views of the mapped file.

The safetensors package does the same, but for each tensor that it maps two integers are never freed (0.8.0):
an engine that loads a checkpoint for every other job grows by 60 KiB each time.
"""

from __future__ import annotations

from pathlib import Path
from typing import cast

import torch
from torch import Tensor

from pipelines.catalog.safetensors_header import Header, TensorInfo

DTYPES = {
    "F8_E4M3": torch.float8_e4m3fn,
    "F8_E5M2": torch.float8_e5m2,
    "F8_E8M0": torch.float8_e8m0fnu,
    "BOOL": torch.bool,
    "U8": torch.uint8,
    "I8": torch.int8,
    "U16": torch.uint16,
    "I16": torch.int16,
    "F16": torch.float16,
    "BF16": torch.bfloat16,
    "U32": torch.uint32,
    "I32": torch.int32,
    "F32": torch.float32,
    "U64": torch.uint64,
    "I64": torch.int64,
    "F64": torch.float64,
}
"""Torch's dtypes by the format's names."""


def map_tensors(path: Path, header: Header) -> dict[str, Tensor]:
    """Map a file: name -> tensor on the CPU. Pages are read when touched, and writing changes no file.

    Raises ValueError for a dtype that torch hasn't, RuntimeError and OSError for a file that can't be mapped.
    """
    file = torch.UntypedStorage.from_file(str(path), shared=False, nbytes=path.stat().st_size)
    whole = cast("torch.UntypedStorage", file)
    return {name: _view(whole, header.data_offset, told) for name, told in header.tensors.items()}


def _view(whole: torch.UntypedStorage, offset: int, told: TensorInfo) -> Tensor:
    dtype = DTYPES.get(told.dtype)
    if dtype is None:
        raise ValueError(f"torch has no dtype {told.dtype}")
    if told.start == told.end:
        return torch.empty(told.shape, dtype=dtype)
    part = whole[offset + told.start : offset + told.end]
    return torch.asarray(part, dtype=torch.uint8).view(dtype).reshape(told.shape)
