"""DPM++ 2M: second-order multistep DPM-Solver++."""

from __future__ import annotations

from torch import Tensor

from pipelines.sampling.scalars import from_log_time, log_time
from pipelines.sampling.step import Evaluate, Noise, SamplerRun


def dpmpp_2m(x: Tensor, sigmas: Tensor, noise: Noise) -> SamplerRun:
    """DPM-Solver++(2M) of Lu et al. (2022)."""
    old: Tensor | None = None
    for i in range(len(sigmas) - 1):
        denoised = yield Evaluate(x, sigmas[i], i)
        t, t_next = log_time(sigmas[i]), log_time(sigmas[i + 1])
        h = t_next - t
        blended = denoised
        if old is not None and sigmas[i + 1] > 0:
            r = (t - log_time(sigmas[i - 1])) / h
            blended = (1 + 1 / (2 * r)) * denoised - (1 / (2 * r)) * old
        x = (from_log_time(t_next) / from_log_time(t)) * x - (-h).expm1() * blended
        old = denoised
    return x
