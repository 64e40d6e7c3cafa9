"""Norm: differences of a normalisation's gain and offset."""

from __future__ import annotations

from torch import Tensor

from pipelines.adapters.kinds.parts import Delta, Parts, shaped

READS = frozenset({"w_norm", "b_norm"})


def matches(parts: Parts) -> bool:
    """True if gain and offset are there."""
    return "w_norm" in parts and "b_norm" in parts


def rank(parts: Parts) -> int | None:
    """Return None: vectors have no rank to scale by."""
    return None


def delta(parts: Parts, weight: Tensor, dyn: int | None = None) -> Delta:
    """Return the stored differences of gain and offset."""
    return Delta(weight=shaped(parts["w_norm"], weight), bias=parts.get("b_norm"))
