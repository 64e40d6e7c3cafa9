"""TCD: jump along the prediction below the next noise level, then back up to it by fresh noise."""

from __future__ import annotations

from torch import Tensor

from pipelines.sampling.scalars import derivative
from pipelines.sampling.step import Evaluate, Noise, SamplerRun

GAMMA = 0.3
"""The share of the next timestep that is jumped over; 1 lands on the prediction, as LCM does."""


def tcd(x: Tensor, sigmas: Tensor, noise: Noise, *, landings: Tensor) -> SamplerRun:
    """Strategic stochastic sampling of Zheng et al., "Trajectory Consistency Distillation" (2024).

    ``landings`` (steps,): the noise level that each step lands on, at or below the one that it ends at.
    """
    for i in range(len(sigmas) - 1):
        denoised = yield Evaluate(x, sigmas[i], i)
        x = denoised + derivative(x, sigmas[i], denoised) * landings[i]
        if sigmas[i + 1] > 0:
            x = x + noise() * (sigmas[i + 1] ** 2 - landings[i] ** 2) ** 0.5
    return x
