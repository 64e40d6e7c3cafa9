"""Full: the difference of weights as it is."""

from __future__ import annotations

from torch import Tensor

from pipelines.adapters.kinds.parts import Delta, Parts, shaped

READS = frozenset({"diff", "diff_b"})


def matches(parts: Parts) -> bool:
    """True if the difference of the weight is there."""
    return "diff" in parts


def rank(parts: Parts) -> int | None:
    """Return None: a whole matrix has no rank to scale by."""
    return None


def delta(parts: Parts, weight: Tensor, dyn: int | None = None) -> Delta:
    """Return the stored differences of weight and bias."""
    return Delta(weight=shaped(parts["diff"], weight), bias=parts.get("diff_b"))
