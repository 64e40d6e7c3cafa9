"""Scalar pieces that several samplers share. All scalars are 0-d float32 tensors."""

from __future__ import annotations

import torch
from torch import Tensor

from pipelines.sampling.step import Noise


def derivative(x: Tensor, sigma: Tensor, denoised: Tensor) -> Tensor:
    """dx/dsigma of the probability-flow ODE."""
    return (x - denoised) / sigma


def log_time(sigma: Tensor) -> Tensor:
    """t = -ln sigma."""
    return sigma.log().neg()


def from_log_time(t: Tensor) -> Tensor:
    """sigma = exp(-t), the inverse of ``log_time``."""
    return t.neg().exp()


def ancestral_split(sigma: Tensor, sigma_next: Tensor, eta: float) -> tuple[Tensor, Tensor]:
    """(down, up): step down deterministically, then add noise of deviation up, landing at sigma_next."""
    if not eta:
        return sigma_next, torch.zeros_like(sigma_next)
    up = eta * (sigma_next**2 * (sigma**2 - sigma_next**2) / sigma**2) ** 0.5
    up = torch.minimum(sigma_next, up)
    return (sigma_next**2 - up**2) ** 0.5, up


def churn(
    x: Tensor,
    sigmas: Tensor,
    i: int,
    noise: Noise,
    *,
    s_churn: float,
    s_tmin: float,
    s_tmax: float,
    s_noise: float,
) -> tuple[Tensor, Tensor]:
    """Raise the noise level before step i (Karras et al. 2022, algorithm 2): new x and sigma-hat.

    The draw happens at every step, used or not: the streams of later steps depend on it.
    """
    sigma = sigmas[i]
    inside = s_tmin <= float(sigma) <= s_tmax
    gamma = min(s_churn / (len(sigmas) - 1), 2**0.5 - 1) if inside else 0.0
    eps = noise() * s_noise
    sigma_hat = sigma * (gamma + 1)
    if gamma > 0:
        x = x + eps * (sigma_hat**2 - sigma**2) ** 0.5
    return x, sigma_hat


def log_midpoint(a: Tensor, b: Tensor) -> Tensor:
    """The geometric mean of two noise levels."""
    return a.log().lerp(b.log(), 0.5).exp()
