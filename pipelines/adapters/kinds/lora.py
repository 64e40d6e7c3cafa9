"""LoRA: a product of two thin matrices, with a third in the middle for convolutions (LoCon, CP)."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from pipelines.adapters.kinds.parts import Delta, Parts, flat, product, shaped

_DOWN = ("lora_down.weight", "lora_A.weight")
_UP = ("lora_up.weight", "lora_B.weight")
_MID = "lora_mid.weight"
READS = frozenset({*_DOWN, *_UP, _MID})


def matches(parts: Parts) -> bool:
    """True if both thin matrices are there."""
    return (_UP[0] in parts and _DOWN[0] in parts) or (_UP[1] in parts and _DOWN[1] in parts)


class Factors(NamedTuple):
    """Up (out, rank, ...), down (rank, in, ...) and, for some convolutions, mid (rank, rank, k, l)."""

    up: Tensor
    down: Tensor
    mid: Tensor | None


def factors(parts: Parts) -> Factors:
    """Return the matrices under whichever names the file gives them."""
    kind = 0 if _UP[0] in parts and _DOWN[0] in parts else 1
    return Factors(up=parts[_UP[kind]], down=parts[_DOWN[kind]], mid=parts.get(_MID))


def rank(parts: Parts) -> int | None:
    """Return the rows of the down matrix, whatever part of them is used."""
    return factors(parts).down.shape[0]


def delta(parts: Parts, weight: Tensor, dyn: int | None = None) -> Delta:
    """Multiply up by down in the first ``dyn`` ranks; both are rounded to the weight's dtype first."""
    found = factors(parts)
    up, down = flat(found.up.to(weight.dtype)), flat(found.down.to(weight.dtype))
    if found.mid is not None:
        return Delta(weight=shaped(_with_mid(up, down, found.mid.to(weight.dtype)), weight))
    keep = slice(None) if dyn is None else slice(dyn)
    return Delta(weight=shaped(product(up[:, keep], down[keep]), weight))


def _with_mid(up: Tensor, down: Tensor, mid: Tensor) -> Tensor:
    """Contract mid (n, m, k, l) with up (i, n) and down (m, j) to (i, j, k, l)."""
    return torch.einsum("nmkl,in,mj->ijkl", mid, up, down)
