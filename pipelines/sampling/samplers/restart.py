"""Restart: Heun steps that jump back up in noise level and come down again."""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor

from pipelines.sampling.samplers.heun import heun_step
from pipelines.sampling.step import Noise, SamplerRun

_RESTART_AT = 0.1
_RESTART_TO = 2.0


def restart(x: Tensor, sigmas: Tensor, noise: Noise) -> SamplerRun:
    """Xu et al., "Restart Sampling for Improving Generative Processes" (2023), algorithm 2.

    From 20 steps on, the given levels are replaced by a shorter Karras list so that the model is
    called as often as by Heun; below that there is no restart.
    """
    last: Tensor | None = None
    for i, (sigma, sigma_next) in enumerate(_pairs(sigmas)):
        if last is not None and sigma > last:
            x = x + noise() * (sigma**2 - last**2) ** 0.5
        x = yield from heun_step(x, sigma, sigma_next, i)
        last = sigma_next
    return x


def _pairs(sigmas: Tensor) -> list[tuple[Tensor, Tensor]]:
    """The (from, to) levels of every step."""
    n = len(sigmas) - 1
    if n < 20:
        return list(pairwise(sigmas))
    count, times = (n // 4, 2) if n >= 36 else (9, 1)
    levels = _karras(n - count * times, float(sigmas[-2]), float(sigmas[0]))
    levels = torch.cat([levels, levels.new_zeros(1)])
    low = int((levels - _RESTART_AT).abs().argmin())
    high = int((levels - _RESTART_TO).abs().argmin())
    pairs = list(pairwise(levels))
    if high >= low:
        return pairs
    again = _karras(count + 1, float(levels[low]), float(levels[high]))
    segment = list(pairwise(again))
    return pairs[:low] + segment * times + pairs[low:]


def _karras(n: int, sigma_min: float, sigma_max: float, rho: float = 7.0) -> Tensor:
    ramp = torch.linspace(0, 1, n)
    low, high = sigma_min ** (1 / rho), sigma_max ** (1 / rho)
    return (high + ramp * (low - high)) ** rho
