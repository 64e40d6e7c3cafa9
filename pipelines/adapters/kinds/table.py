"""The table of network types, in the order in which a layer's parts are tried against them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from torch import Tensor

from pipelines.adapters.kinds import byte_range, full, glora, ia3, loha, lokr, lora, norm, oft
from pipelines.adapters.kinds.parts import Delta, Parts


@dataclass(frozen=True, slots=True, kw_only=True)
class AdapterKind:
    """One member of the LoRA family.

    ``delta(parts, weight, dyn)`` is the change before scaling; ``weight`` is the layer's weight as
    the networks before this one left it. ``rank`` is what alpha is divided by, None for no division.
    ``scaled`` is False where alpha has another meaning. ``reads`` are its parts in addition to ``COMMON``.
    """

    name: str
    reads: frozenset[str]
    matches: Callable[[Parts], bool]
    rank: Callable[[Parts], int | None]
    delta: Callable[[Parts, Tensor, int | None], Delta]
    scaled: bool = True


KINDS = (
    AdapterKind(name="lora", reads=lora.READS, matches=lora.matches, rank=lora.rank, delta=lora.delta),
    AdapterKind(name="loha", reads=loha.READS, matches=loha.matches, rank=loha.rank, delta=loha.delta),
    AdapterKind(name="ia3", reads=ia3.READS, matches=ia3.matches, rank=ia3.rank, delta=ia3.delta),
    AdapterKind(name="lokr", reads=lokr.READS, matches=lokr.matches, rank=lokr.rank, delta=lokr.delta),
    AdapterKind(name="full", reads=full.READS, matches=full.matches, rank=full.rank, delta=full.delta),
    AdapterKind(name="norm", reads=norm.READS, matches=norm.matches, rank=norm.rank, delta=norm.delta),
    AdapterKind(name="glora", reads=glora.READS, matches=glora.matches, rank=glora.rank, delta=glora.delta),
    AdapterKind(
        name="oft", reads=oft.READS, matches=oft.matches, rank=oft.rank, delta=oft.delta, scaled=False
    ),
    AdapterKind(
        name="byte range",
        reads=byte_range.READS,
        matches=byte_range.matches,
        rank=byte_range.rank,
        delta=byte_range.delta,
    ),
)


COMMON = frozenset({"alpha", "scale", "dora_scale", "bias"})
"""Parts that every type reads."""


def find_kind(parts: Parts) -> AdapterKind | None:
    """Return the first type whose parts are all there; None if there is none."""
    return next((kind for kind in KINDS if kind.matches(parts)), None)
