"""DPM adaptive: DPM-Solver of orders 2 and 3 with step sizes from their difference."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import torch
from torch import Tensor

from pipelines.sampling.dpm_solver import ancestral_target, eps_at, stage_1, step_2, step_3
from pipelines.sampling.scalars import log_time
from pipelines.sampling.step import Noise, SamplerRun

_RTOL, _ATOL, _H_INIT = 0.05, 0.0078, 0.05


def dpm_adaptive(
    x: Tensor,
    sigmas: Tensor,
    noise: Noise,
    *,
    sigma_min: float,
    sigma_max: float,
    eta: float = 0.0,
    s_noise: float = 1.0,
) -> SamplerRun:
    """DPM-Solver-12/23 (Lu et al. 2022, appendix C) with a PID controller of the step size.

    The error is taken over the whole batch. ``sigmas`` only scaled x; the result is at level
    sigma_min, not 0.
    """
    t_end = log_time(torch.tensor(sigma_min))
    s = log_time(torch.tensor(sigma_max))
    controller = _StepSize(h=_H_INIT, order=1.5 if eta else 3.0)
    x_prev, step = x, 0
    while s < t_end - 1e-5:
        t = torch.minimum(t_end, s + controller.h)
        target, up = ancestral_target(s, t, t_end, eta)
        eps = yield from eps_at(x, s, step)
        eps_1 = yield from stage_1(x, s, target, eps, 1 / 3, step)
        x_low = step_2(x, s, target, eps, eps_1, 1 / 3)
        x_high = yield from step_3(x, s, target, eps, eps_1, step)
        if controller.accepts(_error(x_low, x_high, x_prev)):
            x_prev, s = x_low, t
            x = x_high + up * s_noise * noise()
        step += 1
    return x


def _error(x_low: Tensor, x_high: Tensor, x_prev: Tensor) -> float:
    """Root mean square of the difference, in units of the tolerance."""
    delta = (_RTOL * torch.maximum(x_low.abs(), x_prev.abs())).clamp(min=_ATOL)
    norm = torch.linalg.vector_norm((x_low - x_high) / delta)
    return float(norm / x_low.numel() ** 0.5)


@dataclass(slots=True, kw_only=True)
class _StepSize:
    """PID control (Soederlind 2003) of the step ``h``: the inverse errors of the last three tries."""

    h: float
    order: float
    p: float = 0.0
    i: float = 1.0
    d: float = 0.0
    accept_safety: float = 0.81
    errors: list[float] = field(default_factory=list[float])

    def accepts(self, error: float) -> bool:
        """True if the step's error is small enough; adapts ``h`` either way."""
        inverse = 1 / (error + 1e-8)
        if not self.errors:
            self.errors = [inverse] * 3
        self.errors[0] = inverse
        powers = (self.p + self.i + self.d, -(self.p + 2 * self.d), self.d)
        raw = math.prod(e ** (power / self.order) for e, power in zip(self.errors, powers, strict=True))
        factor = 1 + math.atan(raw - 1)
        accepted = factor >= self.accept_safety
        if accepted:
            self.errors = [self.errors[0], self.errors[0], self.errors[1]]
        self.h *= factor
        return accepted
