"""The NV generator: torch's CUDA normals, computed on the CPU."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

_M0, _M1 = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
_W0, _W1 = 0x9E3779B9, 0xBB67AE85
_MASK = 0xFFFFFFFF
_UNIT = float(np.float32(2.3283064e-10))  # 2^-32
_ANGLE = float(np.float32(2.3283064e-10 * 6.2831855))  # 2 pi / 2^32
_HALF_UNIT = float(np.float32(_UNIT) / np.float32(2))
_HALF_ANGLE = float(np.float32(_ANGLE) / np.float32(2))

Words = npt.NDArray[np.uint64]


class Philox:
    """Philox 4x32-10 (Salmon et al. 2011) with Box-Muller; the counter's offset grows by 1 a call."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.offset = 0

    def randn(self, shape: tuple[int, ...]) -> Tensor:
        """Standard normals of this shape, float32 on the CPU."""
        count = math.prod(shape)
        words = _rounds(self.offset, count, self.seed & _MASK, (self.seed >> 32) & _MASK)
        self.offset += 1
        return torch.from_numpy(_box_muller(*words).reshape(shape))  # pyright: ignore[reportUnknownMemberType]


def _rounds(offset: int, count: int, k0: int, k1: int) -> tuple[Words, Words]:
    """The first two output words of counters (offset, 0, 0..count-1, 0)."""
    low = np.uint64(_MASK)
    shift = np.uint64(32)
    c0 = np.full(count, offset, dtype=np.uint64)
    c1 = np.zeros(count, dtype=np.uint64)
    c2 = np.arange(count, dtype=np.uint64)
    c3 = np.zeros(count, dtype=np.uint64)
    for _ in range(10):
        p0, p1 = _M0 * c0, _M1 * c2
        c0, c1 = (p1 >> shift) ^ c1 ^ np.uint64(k0), p1 & low
        c2, c3 = (p0 >> shift) ^ c3 ^ np.uint64(k1), p0 & low
        k0, k1 = (k0 + _W0) & _MASK, (k1 + _W1) & _MASK
    return c0, c1


def _box_muller(first: Words, second: Words) -> npt.NDArray[Any]:
    u = first.astype(np.float64) * _UNIT + _HALF_UNIT
    v = second.astype(np.float64) * _ANGLE + _HALF_ANGLE
    return (np.sqrt(-2.0 * np.log(u)) * np.sin(v)).astype(np.float32)
