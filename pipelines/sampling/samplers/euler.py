"""Euler's method on the probability-flow ODE, with optional churn."""

from __future__ import annotations

from math import inf

from torch import Tensor

from pipelines.sampling.scalars import churn, derivative
from pipelines.sampling.step import Evaluate, Noise, SamplerRun


def euler(
    x: Tensor,
    sigmas: Tensor,
    noise: Noise,
    *,
    s_churn: float = 0.0,
    s_tmin: float = 0.0,
    s_tmax: float = inf,
    s_noise: float = 1.0,
) -> SamplerRun:
    """Algorithm 2 (Euler steps) of Karras et al., "Elucidating the Design Space" (2022)."""
    for i in range(len(sigmas) - 1):
        x, sigma = churn(x, sigmas, i, noise, s_churn=s_churn, s_tmin=s_tmin, s_tmax=s_tmax, s_noise=s_noise)
        denoised = yield Evaluate(x, sigma, i)
        x = x + derivative(x, sigma, denoised) * (sigmas[i + 1] - sigma)
    return x
