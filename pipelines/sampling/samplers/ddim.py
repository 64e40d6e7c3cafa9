"""DDIM and its CFG++ variant."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from pipelines.sampling.step import Evaluate, GuidedRun, Noise, SamplerRun


@dataclass(frozen=True, slots=True, kw_only=True)
class Coefficients:
    """Cumulative alphas along a list of timesteps: all (L,), ``alphas_prev`` in float64."""

    alphas: Tensor
    alphas_prev: Tensor

    @staticmethod
    def along(timesteps: Tensor, alphas_cumprod: Tensor) -> Coefficients:
        """``timesteps`` (L,) ascending; ``alphas_cumprod`` (1000,). The last step lands at entry 0."""
        previous = torch.cat([timesteps.new_zeros(1), timesteps[:-1]])[: len(timesteps)]
        return Coefficients(
            alphas=alphas_cumprod[timesteps].cpu(),
            alphas_prev=alphas_cumprod[previous].cpu().double(),
        )

    def deviation(self, i: int, eta: float) -> float:
        """Deviation of the fresh noise of step i: 0 for eta 0, DDPM's for eta 1."""
        a, prev = self.alphas[i].double(), self.alphas_prev[i]
        return float(eta * ((1 - prev) / (1 - a) * (1 - a / prev)).sqrt())

    def predict_x0(self, x: Tensor, eps: Tensor, i: int) -> Tensor:
        """The clean latents that ``eps`` implies at step i."""
        scale = self.alphas[i].to(x.dtype).sqrt()
        return (x - (1 - self.alphas[i]).sqrt().to(x.dtype) * eps) / scale

    def renoise(self, x0: Tensor, direction: Tensor, i: int, sigma: float = 0.0) -> Tensor:
        """Back to the level after step i, along ``direction``, leaving room for noise of ``sigma``."""
        prev = self.alphas_prev[i].to(x0.dtype)
        return prev.sqrt() * x0 + (1 - prev - sigma**2).sqrt() * direction


def ddim(
    x: Tensor, timesteps: Tensor, noise: Noise, *, alphas_cumprod: Tensor, eta: float = 0.0
) -> SamplerRun:
    """Song et al., "Denoising Diffusion Implicit Models" (2020), equation 12.

    Runs from the last of the ascending timesteps (L,) to the second: the lowest is never evaluated.
    """
    levels = Coefficients.along(timesteps, alphas_cumprod)
    for step, i in enumerate(range(len(timesteps) - 1, 0, -1)):
        eps = yield Evaluate(x, timesteps[i], step)
        sigma = levels.deviation(i, eta)
        x = levels.renoise(levels.predict_x0(x, eps, i), eps, i, sigma) + sigma * noise()
    return x


def ddim_cfgpp(
    x: Tensor, timesteps: Tensor, noise: Noise, *, alphas_cumprod: Tensor, eta: float = 0.0
) -> GuidedRun:
    """Chung et al., "CFG++" (2024): guided x0, unconditional direction. Is sent GuidedEps."""
    levels = Coefficients.along(timesteps, alphas_cumprod)
    for step, i in enumerate(range(len(timesteps) - 1, 0, -1)):
        eps, uncond = yield Evaluate(x, timesteps[i], step)
        sigma = levels.deviation(i, eta)
        x = levels.renoise(levels.predict_x0(x, eps, i), uncond, i, sigma) + sigma * noise()
    return x
