"""PLMS: pseudo linear multistep on DDIM's transfer."""

from __future__ import annotations

from torch import Tensor

from pipelines.sampling.samplers.ddim import Coefficients
from pipelines.sampling.step import Evaluate, Noise, SamplerRun


def plms(x: Tensor, timesteps: Tensor, noise: Noise, *, alphas_cumprod: Tensor) -> SamplerRun:
    """Liu et al., "Pseudo Numerical Methods for Diffusion Models" (2022), PLMS.

    Runs from the last of the ascending timesteps (L,) to the second; the first step calls the model
    twice.
    """
    levels = Coefficients.along(timesteps, alphas_cumprod)

    def transfer(x: Tensor, eps: Tensor, i: int) -> Tensor:
        return levels.renoise(levels.predict_x0(x, eps, i), eps, i)

    old: list[Tensor] = []  # newest first, three at most
    for step, i in enumerate(range(len(timesteps) - 1, 0, -1)):
        eps = yield Evaluate(x, timesteps[i], step)
        if old:
            blended = _adams_bashforth(eps, old)
        else:
            eps_next = yield Evaluate(transfer(x, eps, i), timesteps[i - 1], step)
            blended = (eps + eps_next) / 2
        x = transfer(x, blended, i)
        old = [eps, *old[:2]]
    return x


def _adams_bashforth(eps: Tensor, old: list[Tensor]) -> Tensor:
    if len(old) == 1:
        return (3 * eps - old[0]) / 2
    if len(old) == 2:
        return (23 * eps - 16 * old[0] + 5 * old[1]) / 12
    return (55 * eps - 59 * old[0] + 37 * old[1] - 9 * old[2]) / 24
