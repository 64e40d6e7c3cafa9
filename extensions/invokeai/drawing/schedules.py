"""InvokeAI's schedulers as our samplers, over the timesteps that diffusers' schedulers would take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import torch
from torch import Tensor

from pipelines.plugin import Churn, PassRequest, SamplingPlan, SigmaTable, plan_sampling

TRAINING_STEPS = 1000
OFFSET = 1
"""diffusers' ``steps_offset`` of Stable Diffusion, with timesteps spaced from the low end."""
RHO = 7.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SchedulerRow:
    """``sampler`` stands in for a scheduler; ``instead``: the warning where it computes something else.

    ``spare``: the list of timesteps is made for one step more, as diffusers' DPM solvers make it.
    """

    sampler: str
    eta: float | None = None
    instead: str = ""
    spare: bool = False


def _replaced(name: str, sampler: str) -> SchedulerRow:
    return SchedulerRow(
        sampler=sampler, instead=f"the scheduler {name} isn't here: {sampler} takes its place"
    )


SCHEDULERS: Mapping[str, SchedulerRow] = {
    "ddim": SchedulerRow(sampler="DDIM", eta=0.0),
    "ddpm": SchedulerRow(sampler="DDIM", eta=1.0),
    "deis": _replaced("deis", "DPM++ 2M"),
    "lms": SchedulerRow(sampler="LMS"),
    "pndm": SchedulerRow(sampler="PLMS"),
    "heun": SchedulerRow(sampler="Heun"),
    "euler": SchedulerRow(sampler="Euler"),
    "euler_a": SchedulerRow(sampler="Euler a"),
    "kdpm_2": SchedulerRow(sampler="DPM2"),
    "kdpm_2_a": SchedulerRow(sampler="DPM2 a"),
    "dpmpp_2s": SchedulerRow(sampler="DPM++ 2S a", eta=0.0, spare=True),
    "dpmpp_2m": SchedulerRow(sampler="DPM++ 2M", spare=True),
    "dpmpp_2m_sde": SchedulerRow(sampler="DPM++ 2M SDE", spare=True),
    "dpmpp_3m": SchedulerRow(sampler="DPM++ 3M SDE", eta=0.0, spare=True),
    "dpmpp_sde": SchedulerRow(sampler="DPM++ SDE"),
    "er_sde": _replaced("er_sde", "DPM++ 3M SDE"),
    "unipc": SchedulerRow(sampler="UniPC"),
    "lcm": SchedulerRow(sampler="LCM"),
    "tcd": _replaced("tcd", "LCM"),
}
"""By the names without ``_k``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DenoisingPlan:
    """The steps to run. ``start``: the first level, a sigma or a timestep; None if there is nothing to do."""

    plan: SamplingPlan
    start: Tensor | None
    warnings: tuple[str, ...] = field(default=())

    def first(self, noise: Tensor | None, latents: Tensor) -> Tensor:
        """Latents with noise at the first level; without noise they are at that level already."""
        if noise is None or self.start is None:
            return latents
        if self.plan.sampler.family == "timestep":
            alpha = self.plan.table.alphas_cumprod[int(self.start)].to(latents)
            return latents * alpha.sqrt() + noise * (1 - alpha).sqrt()
        return latents + noise * float(self.start)


def plan_denoising(scheduler: str, steps: int, start: float, end: float, table: SigmaTable) -> DenoisingPlan:
    """The part of a schedule between two shares of the way. Raises InvalidRequest."""
    name, karras = scheduler.removesuffix("_k"), scheduler.endswith("_k")
    row = SCHEDULERS[name]
    request = PassRequest(sampler=row.sampler, steps=steps, churn=Churn(eta=row.eta))
    plan = plan_sampling(request, table)
    warnings = (*plan.warnings, *((row.instead,) if row.instead else ()))
    times = _timesteps(steps, spare=row.spare)
    if karras and plan.sampler.family == "timestep":
        warnings = (*warnings, f"{scheduler} runs without Karras' noise levels")
    if plan.sampler.family == "timestep":
        # walked from the end
        used = _between(times, times, start, end).flip(0)
        left = replace(plan, schedule=used, full_schedule=times.flip(0), steps=len(used))
        left = replace(left, planned_calls=len(used))
        return DenoisingPlan(plan=left, start=used[-1] if len(used) else None, warnings=warnings)
    levels = _levels(plan, times, karras=karras)
    chosen = _between(levels[:-1], plan.table.sigma_to_t(levels[:-1]), start, end)
    begun = int((levels == chosen[0]).nonzero()[0]) if len(chosen) else 0
    used = levels[begun : begun + len(chosen) + 1] if len(chosen) else levels[:0]
    calls = len(chosen) * (2 if plan.sampler.info.second_order else 1)
    left = replace(plan, schedule=used, full_schedule=levels, steps=len(chosen), planned_calls=calls)
    return DenoisingPlan(plan=left, start=used[0] if len(used) else None, warnings=warnings)


def _timesteps(steps: int, *, spare: bool) -> Tensor:
    """Falling timesteps, evenly spaced from the low end."""
    ratio = TRAINING_STEPS // (steps + spare) or 1
    rising = torch.arange(0, steps + spare) * ratio
    falling = rising.flip(0)
    kept = falling[:-1] if spare else falling
    return (kept + OFFSET).clamp(0, TRAINING_STEPS - 1)


def _levels(plan: SamplingPlan, times: Tensor, *, karras: bool) -> Tensor:
    """Falling noise levels and a 0."""
    if plan.sampler.info.name == "LCM":
        return plan.schedule.float()
    sigmas = plan.table.t_to_sigma(times).float()
    if karras:
        high, low = float(sigmas.max()) ** (1 / RHO), float(sigmas.min()) ** (1 / RHO)
        sigmas = (high + torch.linspace(0, 1, len(sigmas)) * (low - high)) ** RHO
    return torch.cat([sigmas, sigmas.new_zeros(1)])


def _between(values: Tensor, times: Tensor, start: float, end: float) -> Tensor:
    """The values whose timesteps lie between two shares of the way."""
    first = round(TRAINING_STEPS * (1 - start))
    last = round(TRAINING_STEPS * (1 - end))
    return values[(times <= first) & (times >= last)]
