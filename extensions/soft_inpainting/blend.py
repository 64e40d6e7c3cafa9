"""Mix sampled latents with those of the original by a mask that opens with the noise level."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from extensions.soft_inpainting.settings import SoftSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class SoftBlend:
    """Interpolates init and current latents by a mask that depends on sigma, preserving magnitudes.

    ``init``: (batch, C, h, w). ``repaint``: (C or 1, h, w) in 0..1, 1 where all is repainted.
    """

    init: Tensor
    repaint: Tensor
    settings: SoftSettings

    def __call__(self, x: Tensor, sigma: Tensor) -> Tensor:
        s = self.settings
        t = self.repaint ** (float(sigma) ** s.power * s.scale)
        t = t.expand_as(x)
        mixed = self.init * (1.0 - t) + x * t
        current = mixed.norm(dim=1, keepdim=True).to(torch.float64) + 1e-5
        before = self.init.norm(dim=1, keepdim=True).to(torch.float64) ** s.detail
        after = x.norm(dim=1, keepdim=True).to(torch.float64) ** s.detail
        share = t[:, :1].to(torch.float64)
        wanted = (before * (1.0 - share) + after * share) ** (1.0 / s.detail)
        return (mixed * (wanted / current)).to(x.dtype)

    def finish(self, samples: Tensor) -> Tensor:
        """Return the last latents as they are; overlays do the rest."""
        return samples
