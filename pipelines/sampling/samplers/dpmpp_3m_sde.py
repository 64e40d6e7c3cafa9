"""DPM++ 3M SDE: third-order multistep DPM-Solver++ of the reverse SDE."""

from __future__ import annotations

from torch import Tensor

from pipelines.sampling.step import Evaluate, Noise, SamplerRun


def dpmpp_3m_sde(
    x: Tensor, sigmas: Tensor, noise: Noise, *, eta: float = 1.0, s_noise: float = 1.0
) -> SamplerRun:
    """SDE-DPM-Solver++(3M), after Lu et al. (2022), as in k-diffusion."""
    history: list[tuple[Tensor, Tensor]] = []  # (denoised, h), newest first
    for i in range(len(sigmas) - 1):
        denoised = yield Evaluate(x, sigmas[i], i)
        if sigmas[i + 1] == 0:
            x = denoised
            continue
        h = sigmas[i].log() - sigmas[i + 1].log()
        h_eta = h * (eta + 1)
        x = (-h_eta).exp() * x + (-h_eta).expm1().neg() * denoised
        x = x + _correction(denoised, h, h_eta, history)
        if eta:
            path = noise.between(sigmas[i], sigmas[i + 1])
            x = x + path * sigmas[i + 1] * (-2 * h * eta).expm1().neg().sqrt() * s_noise
        history = [(denoised, h), *history[:1]]
    return x


def _correction(
    denoised: Tensor, h: Tensor, h_eta: Tensor, history: list[tuple[Tensor, Tensor]]
) -> Tensor | float:
    """Terms of the first and second finite differences of ``denoised`` over log sigma."""
    if not history:
        return 0.0
    phi_2 = (-h_eta).expm1() / h_eta + 1
    denoised_1, h_1 = history[0]
    r0 = h_1 / h
    d1_0 = (denoised - denoised_1) / r0
    if len(history) == 1:
        return phi_2 * d1_0
    denoised_2, h_2 = history[1]
    r1 = h_2 / h
    d1_1 = (denoised_1 - denoised_2) / r1
    d1 = d1_0 + (d1_0 - d1_1) * r0 / (r0 + r1)
    d2 = (d1_0 - d1_1) / (r0 + r1)
    phi_3 = phi_2 / h_eta - 0.5
    return phi_2 * d1 - phi_3 * d2
