"""Guidance of denoising: a scale for each step, rescaling, and masks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor

from pipelines.plugin import Guided, GuidedDenoiser


def stepwise(denoisers: Sequence[GuidedDenoiser], scales: Sequence[float]) -> Callable[[int], None]:
    """A function that sets the scale when a step begins: one of ``scales`` for each; the last one stays."""

    def at_step(step: int) -> None:
        scale = scales[min(step, len(scales) - 1)]
        for denoiser in denoisers:
            denoiser.guidance = replace(denoiser.guidance, cfg_scale=scale)

    return at_step


@dataclass(frozen=True, slots=True, kw_only=True)
class Rescale:
    """Lin et al. 2023, section 3.4, on the noise that the network predicted; ``share`` of it is taken."""

    share: float

    def __call__(self, seen: Guided) -> Tensor:
        """Return the guided prediction, rescaled."""
        if seen.is_noise:
            return self._mixed(seen.cond, seen.guided)
        one, all_ = ((seen.x - picture) / seen.sigma for picture in (seen.cond, seen.guided))
        return seen.x - self._mixed(one, all_) * seen.sigma

    def _mixed(self, cond: Tensor, guided: Tensor) -> Tensor:
        scaled = guided * (cond.std() / guided.std())
        return self.share * scaled + (1 - self.share) * guided


@dataclass(slots=True, kw_only=True)
class KeepUnmasked:
    """Keeps what a mask covers: 1 is kept, 0 is denoised. ``gradient``: the free part grows step by step."""

    mask: Tensor
    latents: Tensor
    noise: Tensor
    gradient: bool
    timestep_family: bool
    alphas: Tensor
    times: Any

    def __call__(self, x: Tensor, sigma: Tensor) -> Tensor:
        """Put the kept part into the prediction of sigma samplers, or the input of timestep samplers."""
        kept = self.latents
        if self.timestep_family:
            alpha = self.alphas[int(sigma)].to(x)
            kept = self.latents * alpha.sqrt() + self.noise * (1 - alpha).sqrt()
        if not self.gradient:
            return torch.lerp(x, kept, self.mask)
        time = float(sigma) if self.timestep_family else float(self.times(sigma))
        free = self.mask < 1 - time / len(self.alphas)
        return torch.where(free, x, kept)

    def finish(self, samples: Tensor) -> Tensor:
        """Put the kept part back at the end."""
        if self.gradient:
            return torch.where(self.mask < 1, samples, self.latents)
        return torch.lerp(samples, self.latents, self.mask)
