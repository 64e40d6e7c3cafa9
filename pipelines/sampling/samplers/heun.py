"""Heun's method: an Euler step, corrected by the slope at its end."""

from __future__ import annotations

from math import inf

from torch import Tensor

from pipelines.sampling.scalars import churn, derivative
from pipelines.sampling.step import Evaluate, Noise, SamplerRun


def heun(
    x: Tensor,
    sigmas: Tensor,
    noise: Noise,
    *,
    s_churn: float = 0.0,
    s_tmin: float = 0.0,
    s_tmax: float = inf,
    s_noise: float = 1.0,
) -> SamplerRun:
    """Algorithm 2 of Karras et al., "Elucidating the Design Space" (2022)."""
    for i in range(len(sigmas) - 1):
        x, sigma = churn(x, sigmas, i, noise, s_churn=s_churn, s_tmin=s_tmin, s_tmax=s_tmax, s_noise=s_noise)
        x = yield from heun_step(x, sigma, sigmas[i + 1], i)
    return x


def heun_step(x: Tensor, sigma: Tensor, sigma_next: Tensor, step: int) -> SamplerRun:
    """One step from sigma to sigma_next; a plain Euler step where sigma_next is 0."""
    d = derivative(x, sigma, (yield Evaluate(x, sigma, step)))
    delta = sigma_next - sigma
    if sigma_next == 0:
        return x + d * delta
    x_2 = x + d * delta
    d_2 = derivative(x_2, sigma_next, (yield Evaluate(x_2, sigma_next, step)))
    return x + (d + d_2) / 2 * delta
