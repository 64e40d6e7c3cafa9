"""Mask blending during sampling: masked cells are sampled, the others keep the init latent."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor


@dataclass(frozen=True, slots=True, kw_only=True)
class LatentMask:
    """``init``: (batch, C, h, w) clean latents; ``repaint``: (C or 1, h, w) in 0..1, 1 is sampled."""

    init: Tensor
    repaint: Tensor

    def __call__(self, x: Tensor, sigma: Tensor) -> Tensor:
        return x * self.repaint + self.init * (1.0 - self.repaint)

    def finish(self, samples: Tensor) -> Tensor:
        """Blend once more after the last step."""
        return self(samples, samples.new_zeros(()))
