"""Drive samplers: on Gaussian data of deviation ``s``, whose exact path is known, or by hand on one pixel."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from pipelines.families.sd.betas import BetaSchedule, compute_alphas_cumprod
from pipelines.sampling.noise.brownian import BrownianNoise, brownian_noise
from pipelines.sampling.noise_table import NoiseTable
from pipelines.sampling.sampling_plan import SamplingPlan
from pipelines.sampling.step import Evaluate, GuidedEps
from pipelines.sampling.vp_schedule import VpSchedule

DATA_STD = 0.5
TABLE = NoiseTable(compute_alphas_cumprod(BetaSchedule()))

Run = Generator[Evaluate, Any, Tensor]


@dataclass
class CountedNoise:
    """Normals from a seed, and how many draws were asked for."""

    shape: tuple[int, int, int, int]
    sigma_range: tuple[float, float] = (0.01, 20.0)
    draws: int = 0
    increments: int = 0
    _generator: torch.Generator = field(default_factory=lambda: torch.Generator().manual_seed(7))
    _paths: BrownianNoise | None = None

    def __call__(self) -> Tensor:
        self.draws += 1
        return torch.randn(self.shape, generator=self._generator)

    def between(self, sigma: Tensor, sigma_next: Tensor) -> Tensor:
        self.increments += 1
        if self._paths is None:
            self._paths = brownian_noise(range(self.shape[0]), self.shape[1:], self.sigma_range)
        return self._paths.between(sigma, sigma_next)


class UnitNoise:
    """Noise that is 1 everywhere, so that its factor can be read off."""

    def __call__(self) -> Tensor:
        return torch.ones(1, 1, 1, 1, dtype=torch.float64)

    def between(self, sigma: Tensor, sigma_next: Tensor) -> Tensor:
        return self()


def levels(*sigmas: float) -> Tensor:
    """Noise levels in float64, so that arithmetic by hand is met closely."""
    return torch.tensor(sigmas, dtype=torch.float64)


def one_pixel(value: float) -> Tensor:
    """An x of one pixel, (1, 1, 1, 1)."""
    return torch.full((1, 1, 1, 1), value, dtype=torch.float64)


def drive(run: Run, model: Callable[[Evaluate], Any]) -> tuple[Tensor, list[Evaluate]]:
    """Run a sampler to its end: the final x, and where it evaluated the model."""
    calls: list[Evaluate] = []
    try:
        point = next(run)
        while True:
            calls.append(point)
            point = run.send(model(point))
    except StopIteration as stop:
        return stop.value, calls


def denoise(point: Evaluate) -> Tensor:
    """The best estimate of the clean x."""
    return point.x * DATA_STD**2 / (DATA_STD**2 + point.sigma**2)


def with_slopes(*slopes: float) -> Callable[[Evaluate], Tensor]:
    """A model whose answers give dx/dsigma these values, call by call."""
    left = iter(slopes)
    return lambda point: point.x - point.sigma * next(left)


def with_answers(*answers: float) -> Callable[[Evaluate], Tensor]:
    """A model with these answers, call by call, the same for every pixel."""
    left = iter(answers)
    return lambda point: torch.full_like(point.x, next(left))


def exact(x: Tensor, sigma: float, sigma_end: float) -> Tensor:
    """The probability-flow ODE's solution at ``sigma_end``."""
    return x * ((DATA_STD**2 + sigma_end**2) / (DATA_STD**2 + sigma**2)) ** 0.5


def predict_eps(point: Evaluate) -> Tensor:
    """The best estimate of the noise at a (fractional) timestep."""
    alpha = (2 * VpSchedule(TABLE.alphas_cumprod).log_alpha((point.sigma + 1) / 1000)).exp()
    return point.x * (1 - alpha) ** 0.5 / (alpha * DATA_STD**2 + 1 - alpha)


def deviation_at(timestep: int) -> float:
    """The deviation of noised Gaussian data at a timestep, by which its exact path goes."""
    alpha = float(TABLE.alphas_cumprod[timestep])
    return (alpha * DATA_STD**2 + 1 - alpha) ** 0.5


def rising_timesteps(steps: int) -> Tensor:
    """Timesteps 1, 1 + c, 1 + 2c, ... as the timestep samplers are given."""
    return torch.arange(0, 1000, 1000 // steps) + 1


def model_for(plan: SamplingPlan) -> Callable[[Evaluate], Any]:
    """The right kind of prediction for a plan's sampler."""
    if plan.sampler.guided:
        return lambda point: GuidedEps(predict_eps(point), predict_eps(point))
    return predict_eps if plan.sampler.family == "timestep" else denoise
