"""The named tensors that a network file holds for one layer, and the change that they amount to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

import torch
from torch import Tensor

Parts: TypeAlias = Mapping[str, Tensor]
"""Tensors by part name, e.g. ``lora_up.weight``: what follows the layer in a file's key."""

_LOW = (torch.float16, torch.bfloat16)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delta:
    """The sums that go onto a layer's weight and bias; None leaves one as it is."""

    weight: Tensor | None = None
    bias: Tensor | None = None


def product(left: Tensor, right: Tensor) -> Tensor:
    """Multiply two matrices in the wider dtype of the two.

    CPUs without half-precision kernels are an order of magnitude slower in them, so there
    the sum is formed in float32 and rounded once, which is what such kernels do inside.
    """
    dtype = torch.promote_types(left.dtype, right.dtype)
    if left.device.type == "cpu" and dtype in _LOW:
        return (left.float() @ right.float()).to(dtype)
    return left.to(dtype) @ right.to(dtype)


def flat(matrix: Tensor) -> Tensor:
    """Flatten (rows, ...) to (rows, rest)."""
    return matrix.flatten(1)


def shaped(delta: Tensor, weight: Tensor) -> Tensor:
    """Give ``delta`` the shape of ``weight`` where it has as many elements."""
    return delta.reshape(weight.shape) if delta.numel() == weight.numel() else delta


def tucker(core: Tensor, rows: Tensor, columns: Tensor) -> Tensor:
    """Rebuild a convolution kernel: core (i, j, k, l), rows (i, out), columns (j, in) -> (out, in, k, l)."""
    return torch.einsum("ijkl,jr,ip->prkl", core, columns, rows)
