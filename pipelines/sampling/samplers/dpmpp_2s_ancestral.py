"""DPM++ 2S a: second-order single-step DPM-Solver++ with fresh noise after each step."""

from __future__ import annotations

from torch import Tensor

from pipelines.sampling.scalars import ancestral_split, derivative, from_log_time, log_time
from pipelines.sampling.step import Evaluate, Noise, SamplerRun


def dpmpp_2s_ancestral(
    x: Tensor, sigmas: Tensor, noise: Noise, *, eta: float = 1.0, s_noise: float = 1.0
) -> SamplerRun:
    """DPM-Solver++(2S) of Lu et al. (2022), made ancestral as in k-diffusion."""
    for i in range(len(sigmas) - 1):
        down, up = ancestral_split(sigmas[i], sigmas[i + 1], eta)
        x = yield from _step(x, sigmas[i], down, i)
        if sigmas[i + 1] > 0:
            x = x + noise() * s_noise * up
    return x


def _step(x: Tensor, sigma: Tensor, down: Tensor, step: int) -> SamplerRun:
    denoised = yield Evaluate(x, sigma, step)
    if down == 0:
        return x + derivative(x, sigma, denoised) * (down - sigma)
    t, t_next = log_time(sigma), log_time(down)
    h = t_next - t
    s = t + h / 2
    x_2 = (from_log_time(s) / from_log_time(t)) * x - (-h * 0.5).expm1() * denoised
    denoised_2 = yield Evaluate(x_2, from_log_time(s), step)
    return (from_log_time(t_next) / from_log_time(t)) * x - (-h).expm1() * denoised_2
