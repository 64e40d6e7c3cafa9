"""DPM++ 2M SDE: second-order multistep DPM-Solver++ of the reverse SDE."""

from __future__ import annotations

from typing import Literal

from torch import Tensor

from pipelines.sampling.step import Evaluate, Noise, SamplerRun


def dpmpp_2m_sde(
    x: Tensor,
    sigmas: Tensor,
    noise: Noise,
    *,
    eta: float = 1.0,
    s_noise: float = 1.0,
    solver_type: Literal["midpoint", "heun"] = "midpoint",
) -> SamplerRun:
    """SDE-DPM-Solver++(2M) of Lu et al. (2022)."""
    old: Tensor | None = None
    h_last: Tensor | None = None
    for i in range(len(sigmas) - 1):
        denoised = yield Evaluate(x, sigmas[i], i)
        if sigmas[i + 1] == 0:
            x = denoised
            continue
        h = sigmas[i].log() - sigmas[i + 1].log()
        eta_h = eta * h
        weight = (-h - eta_h).expm1().neg()
        x = sigmas[i + 1] / sigmas[i] * (-eta_h).exp() * x + weight * denoised
        if old is not None and h_last is not None:
            factor = 0.5 * weight if solver_type == "midpoint" else weight / (-h - eta_h) + 1
            x = x + factor * (1 / (h_last / h)) * (denoised - old)
        if eta:
            path = noise.between(sigmas[i], sigmas[i + 1])
            x = x + path * sigmas[i + 1] * (-2 * eta_h).expm1().neg().sqrt() * s_noise
        old, h_last = denoised, h
    return x
