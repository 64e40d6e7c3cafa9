"""Single steps of DPM-Solver 1, 2 and 3 in t = -ln sigma (Lu et al. 2022, "DPM-Solver")."""

from __future__ import annotations

import torch
from torch import Tensor

from pipelines.sampling.scalars import ancestral_split, from_log_time, log_time
from pipelines.sampling.step import Evaluate, SamplerRun


def eps_at(x: Tensor, t: Tensor, step: int) -> SamplerRun:
    """The noise prediction at time t."""
    sigma = from_log_time(t)
    denoised = yield Evaluate(x, sigma, step)
    return (x - denoised) / sigma


def ancestral_target(t: Tensor, t_next: Tensor, t_end: Tensor, eta: float) -> tuple[Tensor, Tensor]:
    """(time to integrate to, deviation of the noise to add there) for a segment that ends at t_next."""
    if not eta:
        return t_next, torch.zeros_like(t_next)
    down, _ = ancestral_split(from_log_time(t), from_log_time(t_next), eta)
    target = torch.minimum(t_end, log_time(down))
    return target, (from_log_time(t_next) ** 2 - from_log_time(target) ** 2) ** 0.5


def step_1(x: Tensor, t: Tensor, t_next: Tensor, eps: Tensor) -> Tensor:
    """One step of the first order, which is DDIM's."""
    return x - from_log_time(t_next) * (t_next - t).expm1() * eps


def stage_1(x: Tensor, t: Tensor, t_next: Tensor, eps: Tensor, r1: float, step: int) -> SamplerRun:
    """The noise prediction at fraction r1 of the step."""
    h = t_next - t
    s1 = t + r1 * h
    u1 = x - from_log_time(s1) * (r1 * h).expm1() * eps
    return (yield from eps_at(u1, s1, step))


def step_2(x: Tensor, t: Tensor, t_next: Tensor, eps: Tensor, eps_1: Tensor, r1: float) -> Tensor:
    """Second order, from the predictions at the start and at fraction r1."""
    growth = (t_next - t).expm1()
    sigma = from_log_time(t_next)
    return x - sigma * growth * eps - sigma / (2 * r1) * growth * (eps_1 - eps)


def step_3(x: Tensor, t: Tensor, t_next: Tensor, eps: Tensor, eps_1: Tensor, step: int) -> SamplerRun:
    """Third order with stages at 1/3 (given as ``eps_1``) and 2/3."""
    r1, r2 = 1 / 3, 2 / 3
    h = t_next - t
    s2 = t + r2 * h
    bend = from_log_time(s2) * (r2 / r1) * ((r2 * h).expm1() / (r2 * h) - 1)
    u2 = x - from_log_time(s2) * (r2 * h).expm1() * eps - bend * (eps_1 - eps)
    eps_2 = yield from eps_at(u2, s2, step)
    sigma = from_log_time(t_next)
    return x - sigma * h.expm1() * eps - sigma / r2 * (h.expm1() / h - 1) * (eps_2 - eps)
