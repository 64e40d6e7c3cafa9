"""DPM fast: DPM-Solver with a fixed number of model calls, mostly third-order steps."""

from __future__ import annotations

import torch
from torch import Tensor

from pipelines.sampling.dpm_solver import ancestral_target, eps_at, stage_1, step_1, step_2, step_3
from pipelines.sampling.scalars import log_time
from pipelines.sampling.step import Noise, SamplerRun


def dpm_fast(
    x: Tensor,
    sigmas: Tensor,
    noise: Noise,
    *,
    sigma_min: float,
    sigma_max: float,
    n: int,
    eta: float = 0.0,
    s_noise: float = 1.0,
) -> SamplerRun:
    """DPM-Solver-fast (Lu et al. 2022, section 3.4): n model calls from sigma_max to sigma_min.

    ``sigmas`` only scaled x. The result is at level sigma_min, not 0.
    """
    t_end = log_time(torch.tensor(sigma_min))
    orders = _orders(n)
    grid = torch.linspace(float(log_time(torch.tensor(sigma_max))), float(t_end), len(orders) + 1)
    for i, order in enumerate(orders):
        target, up = ancestral_target(grid[i], grid[i + 1], t_end, eta)
        x = yield from _segment(x, grid[i], target, order, i)
        x = x + up * s_noise * noise()
    return x


def _orders(n: int) -> list[int]:
    if n % 3 == 0:
        return [3] * (n // 3 - 1) + [2, 1]
    return [3] * (n // 3) + [n % 3]


def _segment(x: Tensor, t: Tensor, t_next: Tensor, order: int, step: int) -> SamplerRun:
    eps = yield from eps_at(x, t, step)
    if order == 1:
        return step_1(x, t, t_next, eps)
    r1 = 1 / order
    eps_1 = yield from stage_1(x, t, t_next, eps, r1, step)
    if order == 2:
        return step_2(x, t, t_next, eps, eps_1, r1)
    return (yield from step_3(x, t, t_next, eps, eps_1, step))
