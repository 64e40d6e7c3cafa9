"""LoHa: the element-wise product of two low-rank matrices (FedPara, arXiv 2108.06098)."""

from __future__ import annotations

from torch import Tensor

from pipelines.adapters.kinds.parts import Delta, Parts, product, shaped, tucker

_REQUIRED = frozenset({"hada_w1_a", "hada_w1_b", "hada_w2_a", "hada_w2_b"})
READS = _REQUIRED | {"hada_t1", "hada_t2"}


def matches(parts: Parts) -> bool:
    """True if the four low-rank factors are there."""
    return parts.keys() >= _REQUIRED


def rank(parts: Parts) -> int | None:
    """Return the rows of the first pair's second factor."""
    return parts["hada_w1_b"].shape[0]


def delta(parts: Parts, weight: Tensor, dyn: int | None = None) -> Delta:
    """Multiply (w1a w1b) * (w2a w2b), each pair with a Tucker core for convolutions."""
    return Delta(weight=shaped(_half(parts, 1, weight) * _half(parts, 2, weight), weight))


def _half(parts: Parts, number: int, weight: Tensor) -> Tensor:
    first, second = parts[f"hada_w{number}_a"], parts[f"hada_w{number}_b"]
    core = parts.get(f"hada_t{number}")
    if core is None:
        return shaped(product(first, second), weight)
    return tucker(core, first, second)
