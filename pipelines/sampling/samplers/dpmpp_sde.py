"""DPM++ SDE: a two-stage solver of the reverse SDE, driven by a Brownian path."""

from __future__ import annotations

from torch import Tensor

from pipelines.sampling.scalars import ancestral_split, derivative, from_log_time, log_time
from pipelines.sampling.step import Evaluate, Noise, SamplerRun


def dpmpp_sde(
    x: Tensor, sigmas: Tensor, noise: Noise, *, eta: float = 1.0, s_noise: float = 1.0
) -> SamplerRun:
    """DPM-Solver++ (Lu et al. 2022) for the SDE, with the stage at half of each step in log sigma."""
    for i in range(len(sigmas) - 1):
        denoised = yield Evaluate(x, sigmas[i], i)
        if sigmas[i + 1] == 0:
            x = x + derivative(x, sigmas[i], denoised) * (sigmas[i + 1] - sigmas[i])
            continue
        t, t_next = log_time(sigmas[i]), log_time(sigmas[i + 1])
        s = t + (t_next - t) * 0.5
        x_2 = _advance(x, denoised, t, s, noise, eta, s_noise)
        denoised_2 = yield Evaluate(x_2, from_log_time(s), i)
        x = _advance(x, denoised_2, t, t_next, noise, eta, s_noise)
    return x


def _advance(
    x: Tensor, denoised: Tensor, t: Tensor, t_next: Tensor, noise: Noise, eta: float, s_noise: float
) -> Tensor:
    """Integrate exactly from t to below t_next with this ``denoised``, then add the path's noise."""
    sigma, sigma_next = from_log_time(t), from_log_time(t_next)
    down, up = ancestral_split(sigma, sigma_next, eta)
    t_down = log_time(down)
    x = (from_log_time(t_down) / sigma) * x - (t - t_down).expm1() * denoised
    return x + noise.between(sigma, sigma_next) * s_noise * up
