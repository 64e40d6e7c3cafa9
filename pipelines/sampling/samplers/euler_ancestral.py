"""Euler a: Euler steps to a lower level than asked, then fresh noise."""

from __future__ import annotations

from torch import Tensor

from pipelines.sampling.scalars import ancestral_split, derivative
from pipelines.sampling.step import Evaluate, Noise, SamplerRun


def euler_ancestral(
    x: Tensor, sigmas: Tensor, noise: Noise, *, eta: float = 1.0, s_noise: float = 1.0
) -> SamplerRun:
    """Ancestral sampling (Song et al. 2020) with Euler steps, as in k-diffusion."""
    for i in range(len(sigmas) - 1):
        denoised = yield Evaluate(x, sigmas[i], i)
        down, up = ancestral_split(sigmas[i], sigmas[i + 1], eta)
        x = x + derivative(x, sigmas[i], denoised) * (down - sigmas[i])
        if sigmas[i + 1] > 0:
            x = x + noise() * s_noise * up
    return x
