"""Noise levels for a number of steps: every scheduler as one small function."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from pipelines.contract.errors import InvalidRequest
from pipelines.sampling.noise_table import SigmaTable, append_zero
from pipelines.sampling.sampler_table import SCHEDULER_INFOS, SchedulerInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleRange:
    """The input of a scheduler: ends and shape of the curve, and the model's own levels."""

    sigma_min: float
    sigma_max: float
    table: SigmaTable
    rho: float = 1.0
    beta_alpha: float = 0.6
    beta_beta: float = 0.6


Build = Callable[[int, ScheduleRange], Tensor]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheduler:
    """``build(n, range)`` gives falling levels; all but KL Optimal end in an appended 0."""

    info: SchedulerInfo
    build: Build


def uniform(n: int, r: ScheduleRange) -> Tensor:
    """Evenly spaced timesteps over the whole table."""
    return r.table.default_sigmas(n)


def karras(n: int, r: ScheduleRange) -> Tensor:
    """Karras et al. (2022), equation 5."""
    ramp = torch.linspace(0, 1, n)
    low, high = r.sigma_min ** (1 / r.rho), r.sigma_max ** (1 / r.rho)
    return append_zero((high + ramp * (low - high)) ** r.rho)


def exponential(n: int, r: ScheduleRange) -> Tensor:
    """Even in log sigma."""
    return append_zero(torch.linspace(math.log(r.sigma_max), math.log(r.sigma_min), n).exp())


def polyexponential(n: int, r: ScheduleRange) -> Tensor:
    """A power of an even ramp in log sigma."""
    ramp = torch.linspace(1, 0, n) ** r.rho
    low, high = math.log(r.sigma_min), math.log(r.sigma_max)
    return append_zero((ramp * (high - low) + low).exp())


def sgm_uniform(n: int, r: ScheduleRange) -> Tensor:
    """Evenly spaced timesteps that stop one step above the lowest."""
    first, last = _ends(r)
    return append_zero(r.table.t_to_sigma(torch.linspace(first, last, n + 1)[:-1]))


def normal(n: int, r: ScheduleRange) -> Tensor:
    """Evenly spaced timesteps between the ends."""
    first, last = _ends(r)
    return append_zero(r.table.t_to_sigma(torch.linspace(first, last, n)))


def kl_optimal(n: int, r: ScheduleRange) -> Tensor:
    """Sabour et al., "Align Your Steps" (2024), theorem 3.1: n + 1 levels, the last is sigma_min."""
    share = torch.arange(n + 1) / n
    low, high = torch.tensor(r.sigma_min).atan(), torch.tensor(r.sigma_max).atan()
    return (share * low + (1 - share) * high).tan()


def align_your_steps(n: int, r: ScheduleRange) -> Tensor:
    """Sabour et al., "Align Your Steps" (2024): tuned levels, log-linearly resampled.

    Raises InvalidRequest for a model that none were tuned for.
    """
    if not r.table.aligned_levels:
        raise InvalidRequest("Align Your Steps has no levels for this checkpoint", field="scheduler")
    levels = np.array(r.table.aligned_levels)
    if n != len(levels):
        places, old = np.linspace(0, 1, n), np.linspace(0, 1, len(levels))
        levels = np.exp(np.interp(places, old, np.log(levels[::-1])))[::-1]
    return append_zero(torch.tensor(levels.copy(), dtype=torch.float32))


def simple(n: int, r: ScheduleRange) -> Tensor:
    """Every (N/n)-th level of the table from the top."""
    sigmas = r.table.sigmas
    stride = len(sigmas) / n
    return append_zero(torch.stack([sigmas[-(1 + int(i * stride))] for i in range(n)]).float())


def ddim(n: int, r: ScheduleRange) -> Tensor:
    """The levels of DDIM's timesteps; where n doesn't divide the table there are more than n."""
    sigmas = r.table.sigmas
    return append_zero(sigmas[1 :: max(len(sigmas) // n, 1)].flip(0).float())


def beta(n: int, r: ScheduleRange) -> Tensor:
    """Quantiles of a beta distribution (Lee et al., "Beta Sampling is All You Need", 2024)."""
    from scipy.special import betaincinv

    places = 1 - np.linspace(0, 1, n)
    quantiles = np.asarray(betaincinv(r.beta_alpha, r.beta_beta, places), dtype=np.float64)
    levels = r.sigma_min + quantiles * (r.sigma_max - r.sigma_min)
    return append_zero(torch.tensor(levels, dtype=torch.float32))


def turbo(n: int, r: ScheduleRange) -> Tensor:
    """Timesteps from the top, a tenth of all apart, or as close as so many steps need to be.

    The first four are those that SDXL Turbo was trained on (Sauer et al., "Adversarial Diffusion
    Distillation", 2023).
    """
    count = len(r.table.alphas_cumprod)
    steps = torch.arange(n) * (count / max(n, 10))
    return append_zero(r.table.t_to_sigma(count - 1 - steps))


def _ends(r: ScheduleRange) -> tuple[float, float]:
    first = r.table.sigma_to_t(torch.tensor(r.sigma_max))
    return float(first), float(r.table.sigma_to_t(torch.tensor(r.sigma_min)))


_BUILDS: dict[str, Build] = {
    "automatic": uniform,
    "uniform": uniform,
    "karras": karras,
    "exponential": exponential,
    "polyexponential": polyexponential,
    "sgm_uniform": sgm_uniform,
    "kl_optimal": kl_optimal,
    "align_your_steps": align_your_steps,
    "simple": simple,
    "normal": normal,
    "ddim": ddim,
    "beta": beta,
    "turbo": turbo,
    "sgm_uniform_lcm": sgm_uniform,
    "karras_edm": karras,
}

SCHEDULERS: dict[str, Scheduler] = {
    name: Scheduler(info=info, build=_BUILDS[name]) for name, info in SCHEDULER_INFOS.items()
}
"""By internal name. ``automatic`` stands for the model's own levels."""
