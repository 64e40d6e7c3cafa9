"""DPM2: the midpoint method in log sigma."""

from __future__ import annotations

from math import inf

from torch import Tensor

from pipelines.sampling.scalars import churn, derivative, log_midpoint
from pipelines.sampling.step import Evaluate, Noise, SamplerRun


def dpm_2(
    x: Tensor,
    sigmas: Tensor,
    noise: Noise,
    *,
    s_churn: float = 0.0,
    s_tmin: float = 0.0,
    s_tmax: float = inf,
    s_noise: float = 1.0,
) -> SamplerRun:
    """DPM-Solver-2 (Lu et al. 2022) with the churn of Karras et al. (2022)."""
    for i in range(len(sigmas) - 1):
        x, sigma = churn(x, sigmas, i, noise, s_churn=s_churn, s_tmin=s_tmin, s_tmax=s_tmax, s_noise=s_noise)
        x = yield from midpoint_step(x, sigma, sigmas[i + 1], i)
    return x


def midpoint_step(x: Tensor, sigma: Tensor, sigma_next: Tensor, step: int) -> SamplerRun:
    """One step from sigma to sigma_next; a plain Euler step where sigma_next is 0."""
    d = derivative(x, sigma, (yield Evaluate(x, sigma, step)))
    if sigma_next == 0:
        return x + d * (sigma_next - sigma)
    sigma_mid = log_midpoint(sigma, sigma_next)
    x_2 = x + d * (sigma_mid - sigma)
    d_2 = derivative(x_2, sigma_mid, (yield Evaluate(x_2, sigma_mid, step)))
    return x + d_2 * (sigma_next - sigma)
