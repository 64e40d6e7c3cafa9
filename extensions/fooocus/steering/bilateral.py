"""A filter that smooths one picture where another is smooth: the joint bilateral filter."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

SIDE = 13
SIGMA_SPACE = 3.0
SIGMA_RANGE = 3.0
TINY = 1e-5


def joint_bilateral(values: Tensor, guide: Tensor) -> Tensor:
    """Smooth ``values`` (batch, C, h, w) over 13 x 13 cells, little across edges of ``guide``.

    The guide is normalised in each picture; distances in it are summed over channels.
    """
    guide = guide.float()
    mean = guide.mean(dim=(1, 2, 3), keepdim=True)
    guide = (guide - mean) / (guide.std(dim=(1, 2, 3), keepdim=True) + TINY)
    radius = SIDE // 2
    around_guide, around = _padded(guide, radius), _padded(values.float(), radius)
    height, width = values.shape[-2:]
    total = torch.zeros_like(guide[:, :1])
    smoothed = torch.zeros_like(values, dtype=torch.float32)
    for y in range(SIDE):
        for x in range(SIDE):
            window = (..., slice(y, y + height), slice(x, x + width))
            distance = (around_guide[window] - guide).abs().sum(dim=1, keepdim=True)
            near = ((y - radius) ** 2 + (x - radius) ** 2) / (2 * SIGMA_SPACE**2)
            weight = torch.exp(-(distance**2) / (2 * SIGMA_RANGE**2) - near)
            total = total + weight
            smoothed = smoothed + weight * around[window]
    return (smoothed / total).to(values.dtype)


def _padded(values: Tensor, radius: int) -> Tensor:
    """Mirrored at the edges; small pictures as far as they reach, then repeated."""
    height, width = values.shape[-2:]
    if min(height, width) > radius:
        return functional.pad(values, (radius,) * 4, mode="reflect")
    return functional.pad(values, (radius,) * 4, mode="replicate")
