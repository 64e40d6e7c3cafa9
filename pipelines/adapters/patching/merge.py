"""Adds one network's change to one layer, rounding where A1111 does."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from pipelines.adapters.kinds import lora
from pipelines.adapters.kinds.finish import NUMBERS, layer_delta, scale
from pipelines.adapters.kinds.parts import Delta, flat
from pipelines.adapters.network_file import LayerChange

_FUSABLE = (torch.float32, torch.bfloat16)
_SPECIAL_PARTS = ("lora_mid.weight", "dora_scale", "bias")


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """A changed weight, what is added to the bias, and one bool on the device: is the change finite?"""

    weight: Tensor
    bias: Tensor | None = None
    finite: Tensor | None = None


def add_change(
    change: LayerChange,
    weight: Tensor,
    *,
    source: Tensor,
    multiplier: float,
    dyn: int | None,
    out: Tensor | None,
) -> Merged:
    """Add a network's change to a layer's weight, and return both with the change of its bias.

    ``source`` is the weight that the change is computed from. ``out``, which may be ``weight`` itself, takes
    the result where the arithmetic allows it. The sum is formed in the change's dtype and then rounded to the
    weight's: once per network. Raises ValueError or RuntimeError for a change of another shape.
    """
    if _is_plain(change, weight):
        return _add_low_rank(change, weight, multiplier=multiplier, dyn=dyn, out=out)
    delta = _delta(change, source, multiplier=multiplier, dyn=dyn)
    if delta.weight is None:
        return Merged(weight=weight, bias=delta.bias)
    total = weight.to(delta.weight.dtype) + delta.weight
    if total.shape != weight.shape:
        raise ValueError(f"a change of shape {tuple(delta.weight.shape)} on a weight {tuple(weight.shape)}")
    return Merged(weight=total.to(weight.dtype), bias=delta.bias, finite=_finite(delta.weight))


def add_bias(bias: Tensor, change: Tensor) -> Tensor:
    """Add a change to a bias, rounded to the bias's dtype."""
    return (bias + change.to(bias.device)).to(bias.dtype)


def _finite(*tensors: Tensor) -> Tensor:
    """Return whether all numbers are finite as a tensor: reading it here would wait for the device."""
    return torch.stack([torch.isfinite(tensor).all() for tensor in tensors]).all()


def _is_plain(change: LayerChange, weight: Tensor) -> bool:
    """True if one fused product computes it; float16 is left out, since its results show every rounding."""
    if change.kind.name != "lora" or weight.dtype not in _FUSABLE:
        return False
    if any(part in change.parts for part in _SPECIAL_PARTS):
        return False
    found = lora.factors(change.parts)
    return found.up.shape[0] == weight.shape[0] and flat(found.down).shape[1] == flat(weight).shape[1]


def _add_low_rank(
    change: LayerChange, weight: Tensor, *, multiplier: float, dyn: int | None, out: Tensor | None
) -> Merged:
    """Add factor * up @ down in one pass over the weight."""
    keep = slice(None) if dyn is None else slice(dyn)
    found = lora.factors(change.parts)
    up, down = found.up.to(weight), found.down.to(weight)
    factor = scale(change.kind, change.parts) * multiplier
    target = torch.empty_like(weight) if out is None else out
    base = flat(weight)
    torch.addmm(base, flat(up)[:, keep], flat(down)[keep], alpha=factor, out=target.view(base.shape))
    return Merged(weight=target, finite=_finite(up, down))


def _delta(change: LayerChange, weight: Tensor, *, multiplier: float, dyn: int | None) -> Delta:
    """Compute any change: in float16 under autocast as A1111's on a GPU, for bfloat16 weights in float32."""
    working = _working(weight)
    parts = {n: part if n in NUMBERS else part.to(weight.device) for n, part in change.parts.items()}
    if weight.dtype is torch.bfloat16:
        parts = {name: part.float() for name, part in parts.items()}
    mixed = working.dtype is torch.float16 and weight.device.type == "cuda"
    with torch.autocast(weight.device.type, dtype=torch.float16, enabled=mixed):
        return layer_delta(change.kind, parts, working, multiplier=multiplier, dyn=dyn)


def _working(weight: Tensor) -> Tensor:
    if weight.dtype in (torch.float16, torch.float32):
        return weight
    return weight.float() if weight.dtype is torch.bfloat16 else weight.half()
