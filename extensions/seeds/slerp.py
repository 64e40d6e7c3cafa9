"""Blend the noise of two seeds."""

from __future__ import annotations

import torch
from torch import Tensor


def slerp(weight: float, low: Tensor, high: Tensor) -> Tensor:
    """Blend spherically from ``low`` (weight 0) to ``high`` (weight 1), both (C, h, w).

    As in the original, angles are measured per channel and column (along the height), and the linear
    fallback for nearly equal inputs has its weights the other way round.
    """
    unit_low = low / torch.linalg.vector_norm(low, dim=1, keepdim=True)
    unit_high = high / torch.linalg.vector_norm(high, dim=1, keepdim=True)
    dot = (unit_low * unit_high).sum(1)
    if dot.mean() > 0.9995:
        return low * weight + high * (1 - weight)
    omega = dot.acos()
    sine = omega.sin()
    low_share = (((1 - weight) * omega).sin() / sine).unsqueeze(1)
    high_share = ((weight * omega).sin() / sine).unsqueeze(1)
    return low_share * low + high_share * high
