"""LMS: linear multistep (Adams-Bashforth) over uneven noise levels."""

from __future__ import annotations

from math import prod, sqrt

from torch import Tensor

from pipelines.sampling.scalars import derivative
from pipelines.sampling.step import Evaluate, Noise, SamplerRun

_GAUSS = 1 / sqrt(3)  # two-point Gauss-Legendre nodes: exact for the cubics of order 4


def lms(x: Tensor, sigmas: Tensor, noise: Noise, *, order: int = 4) -> SamplerRun:
    """Adams-Bashforth of up to order 4 with coefficients for the given levels, as in k-diffusion."""
    levels = [float(sigma) for sigma in sigmas]
    slopes: list[Tensor] = []  # newest first
    for i in range(len(sigmas) - 1):
        denoised = yield Evaluate(x, sigmas[i], i)
        slopes = [derivative(x, sigmas[i], denoised), *slopes[: order - 1]]
        for j, slope in enumerate(slopes):
            x = x + _coefficient(len(slopes), levels, i, j) * slope
    return x


def _coefficient(order: int, levels: list[float], i: int, j: int) -> float:
    """Integral over step i of the Lagrange polynomial that is 1 at level i - j."""

    def basis(tau: float) -> float:
        others = (k for k in range(order) if k != j)
        return prod((tau - levels[i - k]) / (levels[i - j] - levels[i - k]) for k in others)

    middle = (levels[i] + levels[i + 1]) / 2
    half = (levels[i + 1] - levels[i]) / 2
    return half * (basis(middle - half * _GAUSS) + basis(middle + half * _GAUSS))
