"""IA3: every row or column of the weight is scaled (arXiv 2205.05638)."""

from __future__ import annotations

from torch import Tensor

from pipelines.adapters.kinds.parts import Delta, Parts

READS = frozenset({"weight", "on_input"})


def matches(parts: Parts) -> bool:
    """True if there is a scale vector, and the number that names the side which it scales."""
    return "weight" in parts and "on_input" in parts


def rank(parts: Parts) -> int | None:
    """Return None: IA3 has no rank."""
    return None


def delta(parts: Parts, weight: Tensor, dyn: int | None = None) -> Delta:
    """Multiply the weight by the vector along its input axis or its output axis."""
    axis = 1 if bool(parts["on_input"]) else 0
    shape = [1] * weight.ndim
    shape[axis] = -1
    return Delta(weight=weight * parts["weight"].reshape(shape))
