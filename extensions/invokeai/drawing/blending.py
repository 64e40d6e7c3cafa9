"""Interpolation between two tensors, and masks of their size."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor

if TYPE_CHECKING:
    from PIL import Image

PARALLEL = 0.9995
"""Cosine from which a great circle is as good as a line."""


def slerp(share: float, one: Tensor, other: Tensor) -> Tensor:
    """Spherical interpolation (Shoemake 1985) of tensors taken as vectors."""
    a, b = one.float(), other.float()
    cosine = float((a * b).sum() / (a.norm() * b.norm()).clamp_min(1e-12))
    if abs(cosine) > PARALLEL:
        return torch.lerp(a, b, share)
    angle = torch.tensor(cosine).acos()
    left, right = torch.sin((1 - share) * angle), torch.sin(share * angle)
    return (left * a + right * b) / torch.sin(angle)


def mask_of(image: Image.Image, latents: Tensor) -> Tensor:
    """A grey picture as (1, 1, h, w) of the latents' size in [0, 1]."""
    import numpy as np

    small = image.resize((latents.shape[-1], latents.shape[-2]), resample=2)
    return torch.from_numpy(np.array(small).astype(np.float32) / 255.0)[None, None]
