"""From a type's raw change to what is added to a layer: bias part, scale, DoRA, multiplier, padding."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from pipelines.adapters.kinds.parts import Delta, Parts, shaped
from pipelines.adapters.kinds.table import AdapterKind
from pipelines.families.base import input_channels

NUMBERS = frozenset({"alpha", "scale", "on_input"})
"""Parts that are read as numbers: they stay in RAM, since reading them elsewhere waits for the device."""


def layer_delta(
    kind: AdapterKind, parts: Parts, weight: Tensor, *, multiplier: float, dyn: int | None
) -> Delta:
    """Compute the change of one layer by one network at a strength.

    The bias change is multiplied by the strength only.
    """
    raw = kind.delta(parts, weight, dyn)
    bias = None if raw.bias is None else raw.bias * multiplier
    if raw.weight is None:
        return Delta(bias=bias)
    change = shaped(_with_bias_part(raw.weight, parts), weight) * scale(kind, parts)
    if "dora_scale" in parts:
        change = decompose(change, weight, parts["dora_scale"])
    return Delta(weight=pad_inputs(change * multiplier, weight), bias=bias)


def scale(kind: AdapterKind, parts: Parts) -> float:
    """Return the file's own factor: an explicit one, else alpha over rank, else 1."""
    if not kind.scaled:
        return 1.0
    if "scale" in parts:
        return float(parts["scale"])
    rank = kind.rank(parts)
    return float(parts["alpha"]) / rank if rank and "alpha" in parts else 1.0


def _with_bias_part(change: Tensor, parts: Parts) -> Tensor:
    """Add the sparse residue that old LyCORIS files keep under ``bias``."""
    return change + parts["bias"].reshape(change.shape) if "bias" in parts else change


def decompose(change: Tensor, weight: Tensor, magnitude: Tensor) -> Tensor:
    """Renormalise the changed weight per input channel (DoRA, arXiv 2402.09353).

    ``magnitude`` broadcasts against the norms, which have shape (1, in, 1, ...).
    """
    changed = weight + change
    axes = tuple(axis for axis in range(changed.ndim) if axis != 1)
    norms = torch.linalg.vector_norm(changed, dim=axes, keepdim=True)
    return changed * (magnitude / norms) - weight


def pad_inputs(change: Tensor, weight: Tensor) -> Tensor:
    """Fit a change made for latents alone to an inpainting model's first convolution, which takes more."""
    if change.ndim != 4 or weight.shape[1] != input_channels("inpaint", change.shape[1]):
        return change
    return functional.pad(change, (0, 0, 0, 0, 0, weight.shape[1] - change.shape[1]))
