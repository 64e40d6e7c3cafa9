"""Byte range: the difference of weights as bytes between two ends, as Fooocus' patches hold it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from pipelines.adapters.kinds.parts import Delta, Parts, shaped

_ENDS = ("bytes", "low", "high")
READS = frozenset(f"{owner}_{end}" for owner in ("weight", "bias") for end in _ENDS)
_LARGEST = 255


def matches(parts: Parts) -> bool:
    """True if one of weight and bias is there with both ends."""
    return any(all(f"{owner}_{end}" in parts for end in _ENDS) for owner in ("weight", "bias"))


def rank(parts: Parts) -> int | None:
    """Return None: a whole matrix has no rank to scale by."""
    return None


def delta(parts: Parts, weight: Tensor, dyn: int | None = None) -> Delta:
    """Spread the bytes to differences of weight and bias, each where there is one."""
    change = _spread(parts, "weight")
    return Delta(weight=None if change is None else shaped(change, weight), bias=_spread(parts, "bias"))


def _spread(parts: Parts, owner: str) -> Tensor | None:
    if f"{owner}_bytes" not in parts:
        return None
    low, high = parts[f"{owner}_low"].float(), parts[f"{owner}_high"].float()
    return parts[f"{owner}_bytes"].float() / _LARGEST * (high - low) + low


def named_parts(entries: Mapping[Any, object]) -> dict[str, Tensor]:
    """Return the tensors of entries ``layer.path.weight: (bytes, low, high)``, by layer and part."""
    found: dict[str, Tensor] = {}
    for key, value in entries.items():
        ends = _as_ends(value)
        if isinstance(key, str) and ends is not None:
            layer, _, owner = key.rpartition(".")
            name = f"{layer.replace('.', '_')}.{owner}"
            found |= {f"{name}_{end}": tensor for end, tensor in zip(_ENDS, ends, strict=True)}
    return found


def _as_ends(value: object) -> tuple[Tensor, Tensor, Tensor] | None:
    """Return a table of bytes, and the numbers that 0 and 255 stand for; None for any other value."""
    items: list[object] = list(value) if isinstance(value, tuple | list) else []
    found = [torch.as_tensor(item) for item in items if isinstance(item, Tensor | float | int)]
    if len(items) != len(_ENDS) or len(found) != len(_ENDS) or found[0].dtype is not torch.uint8:
        return None
    numbers, low, high = found
    return (numbers, low, high) if low.numel() == high.numel() == 1 else None
