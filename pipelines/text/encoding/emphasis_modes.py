"""The modes in which the weights of a prompt's tokens change its encoding (spec 2.9)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

import torch
from torch import Tensor

Weighting: TypeAlias = Callable[[Tensor, Tensor, "Sequence[int]"], Tensor]
"""(encoding (rows, 77, c), weights (rows, 77) fp32, index of each variant's row) -> weighted encoding."""


def weigh_original(z: Tensor, weights: Tensor, variants: Sequence[int]) -> Tensor:
    """Multiply, then bring the mean of the whole tensor back to what it was.

    A schedule's variants share one mean, repeated ones counted as often as they occur.
    """
    weighted = z * weights.unsqueeze(-1)
    if len(variants) == len(z):
        return weighted * _ratio(z, weighted)
    rows = torch.tensor(variants, device=z.device)
    return weighted * _ratio(z[rows], weighted[rows])


def _ratio(before: Tensor, after: Tensor) -> Tensor:
    """Return the factor that brings the mean back to what it was; 1 where the new mean is 0.

    Normed encodings have means that fp16 rounds to 0.
    """
    old, new = before.mean(dtype=torch.float32), after.mean(dtype=torch.float32)
    return torch.where(new == 0, 1.0, old / new)


def weigh_without_norm(z: Tensor, weights: Tensor, variants: Sequence[int]) -> Tensor:
    """Multiply by the weights and leave the mean as it comes."""
    return z * weights.unsqueeze(-1)


def ignore_weights(z: Tensor, weights: Tensor, variants: Sequence[int]) -> Tensor:
    """Leave the encoding as it is."""
    return z


COMPEL = "Compel"
EMPHASIS_MODES: dict[str, Weighting] = {
    "None": ignore_weights,
    "Ignore": ignore_weights,
    "Original": weigh_original,
    "No norm": weigh_without_norm,
}
"""By the names of the option ``emphasis``. ``Compel`` weighs while it encodes: see compel_mode.py."""


def is_known_mode(mode: str) -> bool:
    """True if the option ``emphasis`` may have this value."""
    return mode in EMPHASIS_MODES or mode == COMPEL


def weighting_of(mode: str) -> Weighting:
    """Return the mode's weighting; an unknown name means Original, as in A1111."""
    return EMPHASIS_MODES.get(mode, weigh_original)
