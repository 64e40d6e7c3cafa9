"""The noise table (cumulative alphas) of a checkpoint: computed, or taken from the file."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True, slots=True, kw_only=True)
class BetaSchedule:
    """The parameters of a beta schedule, under the names of a yaml config; ``given_betas`` win."""

    beta_schedule: str = "linear"
    linear_start: float = 0.00085
    linear_end: float = 0.012
    cosine_s: float = 8e-3
    timesteps: int = 1000
    given_betas: tuple[float, ...] | None = None


def compute_alphas_cumprod(schedule: BetaSchedule) -> Tensor:
    """Compute (timesteps,) in fp64 and return them in fp32 (DDPM, https://arxiv.org/abs/2006.11239).

    Raises ValueError for an unknown schedule.
    """
    return torch.cumprod(1.0 - _betas(schedule), dim=0).float()


def _betas(schedule: BetaSchedule) -> Tensor:
    if schedule.given_betas is not None:
        return torch.tensor(schedule.given_betas, dtype=torch.float64)
    start, end, steps = schedule.linear_start, schedule.linear_end, schedule.timesteps
    match schedule.beta_schedule:
        case "linear":
            return torch.linspace(math.sqrt(start), math.sqrt(end), steps, dtype=torch.float64) ** 2
        case "sqrt_linear":
            return torch.linspace(start, end, steps, dtype=torch.float64)
        case "sqrt":
            return torch.linspace(start, end, steps, dtype=torch.float64) ** 0.5
        case "cosine":
            return _cosine(steps, schedule.cosine_s, 0.999)
        case "squaredcos_cap_v2":
            return _cosine(steps, 0.008, 0.999)
        case name:
            raise ValueError(f"unknown beta schedule {name!r}")


def _cosine(steps: int, offset: float, ceiling: float) -> Tensor:
    # https://arxiv.org/abs/2102.09672, equation 17
    times = torch.arange(steps + 1, dtype=torch.float64) / steps
    alphas = torch.cos((times + offset) / (1 + offset) * math.pi / 2) ** 2
    return (1 - alphas[1:] / alphas[:-1]).clamp(0, ceiling)
