"""GLoRA: a low-rank change plus a low-rank image of the weight itself (arXiv 2306.07967)."""

from __future__ import annotations

from torch import Tensor

from pipelines.adapters.kinds.parts import Delta, Parts, flat, product, shaped

_REQUIRED = frozenset({"a1.weight", "a2.weight", "b1.weight", "b2.weight", "alpha"})
READS = _REQUIRED


def matches(parts: Parts) -> bool:
    """True if both pairs and their alpha are there."""
    return parts.keys() >= _REQUIRED


def rank(parts: Parts) -> int | None:
    """Return None: the stored alpha is not divided by a rank."""
    return None


def delta(parts: Parts, weight: Tensor, dyn: int | None = None) -> Delta:
    """Sum b2 b1 and (W a2) a1 in the file's dtype, with W (out, in) as other networks left it."""
    a1, a2, b1, b2 = (flat(parts[f"{name}.weight"]) for name in ("a1", "a2", "b1", "b2"))
    change = product(b2, b1) + product(product(flat(weight).to(a2.dtype), a2), a1)
    return Delta(weight=shaped(change, weight))
