"""DPM2 a: midpoint steps to a lower level than asked, then fresh noise."""

from __future__ import annotations

from torch import Tensor

from pipelines.sampling.samplers.dpm_2 import midpoint_step
from pipelines.sampling.scalars import ancestral_split
from pipelines.sampling.step import Noise, SamplerRun


def dpm_2_ancestral(
    x: Tensor, sigmas: Tensor, noise: Noise, *, eta: float = 1.0, s_noise: float = 1.0
) -> SamplerRun:
    """Ancestral sampling with DPM-Solver-2 steps (Lu et al. 2022), as in k-diffusion."""
    for i in range(len(sigmas) - 1):
        down, up = ancestral_split(sigmas[i], sigmas[i + 1], eta)
        x = yield from midpoint_step(x, sigmas[i], down, i)
        if down > 0:
            x = x + noise() * s_noise * up
    return x
