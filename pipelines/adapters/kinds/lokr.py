"""LoKr: a Kronecker product whose factors may themselves be low-rank (KronA, arXiv 2212.10650)."""

from __future__ import annotations

import torch
from torch import Tensor

from pipelines.adapters.kinds.parts import Delta, Parts, product, shaped, tucker

READS = frozenset(f"lokr_w{number}{half}" for number in (1, 2) for half in ("", "_a", "_b")) | {"lokr_t2"}


def matches(parts: Parts) -> bool:
    """True if both factors are there, whole or as a product."""
    return all(_has_factor(parts, f"lokr_w{number}") for number in (1, 2))


def _has_factor(parts: Parts, name: str) -> bool:
    return name in parts or (f"{name}_a" in parts and f"{name}_b" in parts)


def rank(parts: Parts) -> int | None:
    """Return the rows of the second factor's low-rank half, else of the first's; None if both are whole."""
    for name in ("lokr_w2_b", "lokr_w1_b"):
        if name in parts:
            return parts[name].shape[0]
    return None


def delta(parts: Parts, weight: Tensor, dyn: int | None = None) -> Delta:
    """Compute kron(w1, w2); w1 gets unit kernel axes if w2 is a convolution kernel."""
    first, second = _factor(parts, "lokr_w1", None), _factor(parts, "lokr_w2", parts.get("lokr_t2"))
    if second.ndim == 4:
        first = first[:, :, None, None]
    return Delta(weight=shaped(torch.kron(first, second.contiguous()), weight))


def _factor(parts: Parts, name: str, core: Tensor | None) -> Tensor:
    if name in parts:
        return parts[name]
    low_a, low_b = parts[f"{name}_a"], parts[f"{name}_b"]
    return product(low_a, low_b) if core is None else tucker(core, low_a, low_b)
