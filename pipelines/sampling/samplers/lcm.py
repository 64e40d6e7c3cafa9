"""LCM: jump to the prediction, then back up to the next noise level."""

from __future__ import annotations

from torch import Tensor

from pipelines.sampling.step import Evaluate, Noise, SamplerRun


def lcm(x: Tensor, sigmas: Tensor, noise: Noise) -> SamplerRun:
    """Multistep consistency sampling (Luo et al., "Latent Consistency Models", 2023)."""
    for i in range(len(sigmas) - 1):
        x = yield Evaluate(x, sigmas[i], i)
        if sigmas[i + 1] > 0:
            x = x + sigmas[i + 1] * noise()
    return x
