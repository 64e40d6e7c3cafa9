"""Plan one sampling pass: levels, starting point, arguments and infotext, before any model runs."""

from __future__ import annotations

import math
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from pipelines.contract.errors import InvalidRequest
from pipelines.contract.options import GenerationOptions
from pipelines.contract.requests import Churn
from pipelines.sampling.levels import levels_for
from pipelines.sampling.noise_table import NoiseTable, SigmaTable
from pipelines.sampling.registry import Sampler, sampler_of
from pipelines.sampling.sampler_arguments import Pairs, stochastic_arguments, unipc_arguments
from pipelines.sampling.sampler_names import find_sampler
from pipelines.sampling.sampler_table import AUTOMATIC, SAMPLER_INFOS, SamplerInfo
from pipelines.sampling.samplers.tcd import GAMMA
from pipelines.sampling.sigma_list import build_sigmas, discards_penultimate
from pipelines.sampling.step import Evaluate, Noise, later

_MAX_STRENGTH = 0.999
EPSILON = 1e-6
"""Rounding error by which a product of steps and a share may fall short of a whole number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PassRequest:
    """The part of a request that a pass is planned from.

    ``denoising`` is None when starting from pure noise, else in 0..1. ``forced_steps`` makes ``steps``
    the number that is run, not the length of the schedule (hires). ``first_schedule`` is the
    first plan's ``schedule_label`` when this is the hires pass. ``end_early``: the share of the schedule, at
    its end, that is left out: the last step before it goes to no noise.
    ``noise_multiplier``: the factor of the initial noise, for the infotext. ``anew_at``: the share of the
    steps after which the sampler forgets its history, None for never.
    """

    sampler: str
    scheduler: str = AUTOMATIC.label
    steps: int
    options: GenerationOptions = field(default_factory=GenerationOptions)
    churn: Churn = field(default_factory=Churn)
    denoising: float | None = None
    end_early: float = 0.0
    forced_steps: bool = False
    first_schedule: str | None = None
    noise_multiplier: float = 1.0
    anew_at: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplingPlan:
    """A pass, ready to run.

    ``schedule`` holds what is run: sigmas falling (family sigma), or timesteps rising (family
    timestep, walked from the end). ``full_schedule`` is that of the whole range. ``table`` is the one
    that the denoiser must use: for LCM it isn't the model's. ``steps`` is what progress counts to,
    ``planned_calls`` what prompt schedules span. ``start_timestep`` is the index of the level at
    which a timestep sampler's img2img starts. ``anew_after``: the steps after which the sampler forgets its
    history, 0 for never.
    """

    sampler: Sampler
    table: SigmaTable
    schedule: Tensor
    full_schedule: Tensor
    arguments: Mapping[str, Any]
    steps: int
    planned_calls: int
    schedule_label: str = AUTOMATIC.label
    infotext: Pairs = ()
    warnings: tuple[str, ...] = ()
    start_timestep: int | None = None
    extra_noise: float = 0.0
    sgm_multiplier: bool = False
    anew_after: int = 0

    @property
    def sigma_range(self) -> tuple[float, float]:
        """(lowest positive, highest) level of the full schedule: the range of Brownian paths."""
        positive = self.full_schedule[self.full_schedule > 0]
        return (float(positive.min()), float(self.full_schedule.max())) if len(positive) else (0.0, 0.0)

    def start(self, noise: Tensor, latent: Tensor | None = None) -> Tensor:
        """The first x (B, C, h, w) from unit noise, on top of ``latent`` for img2img and hires."""
        if self.sampler.family == "timestep":
            return self._start_at_timestep(noise, latent)
        sigma = self.schedule[0]
        if latent is None:
            return self.table.pure_noise(noise, sigma, unit_variance=self.sgm_multiplier)
        x = self.table.noised(latent, noise, sigma)
        return x + self.extra_noise * noise if self.extra_noise > 0 else x

    def _start_at_timestep(self, noise: Tensor, latent: Tensor | None) -> Tensor:
        if latent is None:
            return noise
        if self.start_timestep is None:
            return latent
        alpha = self.table.alphas_cumprod[self.start_timestep].to(noise.dtype)
        x = latent * alpha.sqrt() + noise * (1 - alpha).sqrt()
        return x + self.extra_noise * noise * alpha.sqrt() if self.extra_noise > 0 else x

    def run(self, x: Tensor, noise: Noise) -> Generator[Evaluate, Any, Tensor]:
        """The sampler's generator. It is sent tensors, or GuidedEps where ``sampler.guided``."""
        if len(self.schedule) < (2 if self.sampler.family == "sigma" else 1):
            return _stay(x)
        if 0 < self.anew_after < len(self.schedule) - 1:
            return self._run_anew(x, noise)
        return self.sampler.run(x, self.schedule, noise, **self.arguments)

    def _run_anew(self, x: Tensor, noise: Noise) -> Generator[Evaluate, Any, Tensor]:
        """Two runs, the second of which goes on from the latents of the first."""
        count = self.anew_after
        x = yield from self.sampler.run(x, self.schedule[: count + 1], noise, **self.arguments)
        return (yield from later(self.sampler.run(x, self.schedule[count:], noise, **self.arguments), count))


def plan_sampling(request: PassRequest, table: SigmaTable) -> SamplingPlan:
    """Plan a pass on a model with this noise table.

    Raises InvalidRequest for an unknown sampler or scheduler, one that can't work with the model, no steps,
    or impossible options.
    """
    info = find_sampler(request.sampler)
    if info is None:
        raise InvalidRequest(f"unknown sampler {request.sampler!r}", field="sampler")
    if table.flow and not info.fits_flow:
        fitting = ", ".join(name for name, row in SAMPLER_INFOS.items() if row.fits_flow)
        text = f"the sampler {info.name} does not work with a flow model; these do: {fitting}"
        raise InvalidRequest(text, field="sampler")
    if request.steps < 1:
        raise InvalidRequest(f"steps must be at least 1, not {request.steps}", field="steps")
    plan = _plan_timesteps if info.family == "timestep" else _plan_sigmas
    return plan(request, info, table)


def _plan_sigmas(request: PassRequest, info: SamplerInfo, model_table: SigmaTable) -> SamplingPlan:
    table = levels_for(info, request.scheduler, model_table)
    total, start = _count_steps(request)
    listed = build_sigmas(info, request.scheduler, total, table, request.options)
    full = listed.sigmas
    begin = 0 if start is None else max(total - start - 1, 0)
    end = _end(request, info, total, begin)
    used = full[begin:] if end is None else torch.cat([full[begin:end], full[-1:]])
    if request.options.no_dpmpp_sde_batch_determinism:
        full = used
    given, pairs = stochastic_arguments(info, request.churn, request.options)
    arguments: dict[str, Any] = {**given}
    warnings: tuple[str, ...] = ()
    if table.flow and arguments.get("s_churn"):
        arguments["s_churn"] = 0.0
        warnings = ("s_churn adds noise on top of the picture, which a flow model can't read: it is ignored",)
    if info.name in ("DPM fast", "DPM adaptive"):
        arguments |= _solver_range(info, request, table, used)
    if info.name == "TCD":
        arguments |= {"landings": _landings(used, table)}
    label = listed.label or AUTOMATIC.label
    return SamplingPlan(
        sampler=sampler_of(info),
        table=table,
        schedule=used,
        full_schedule=full,
        arguments=arguments,
        steps=(request.steps if start is None else start + 1) if end is None else end - begin,
        planned_calls=request.steps * (2 if info.second_order else 1),
        schedule_label=label,
        infotext=(
            *_discard_pair(request, info),
            *_schedule_pair(request, listed.label),
            *listed.infotext,
            *_noise_pairs(request),
            *pairs,
        ),
        warnings=warnings,
        extra_noise=0.0 if start is None else request.options.img2img_extra_noise,
        sgm_multiplier=request.options.sgm_noise_multiplier,
        anew_after=_anew_after(request, info),
    )


def _plan_timesteps(request: PassRequest, info: SamplerInfo, table: SigmaTable) -> SamplingPlan:
    total, start = _count_steps(request)
    full = _timesteps(total + discards_penultimate(info, request.options)) if total else torch.arange(0)
    used = full if start is None else full[:start]
    begin = len(full) - len(used)
    end = _end(request, info, len(full), begin)
    if end is not None:
        used = torch.cat([used[:1], used[len(full) - end :]])
    arguments, pairs = stochastic_arguments(info, request.churn, request.options)
    given: dict[str, Any] = {**arguments, "alphas_cumprod": table.alphas_cumprod}
    warnings: tuple[str, ...] = ()
    if info.name == "UniPC":
        unipc, warnings = unipc_arguments(request.options, len(used))
        given |= unipc
        if start is not None and len(used):
            given["start"] = float(used[-1]) / 1000 + 1 / 1000
    return SamplingPlan(
        sampler=sampler_of(info),
        table=table,
        schedule=used,
        full_schedule=full,
        arguments=given,
        steps=(request.steps if start is None else start + 1) if end is None else end - begin,
        planned_calls=request.steps,
        infotext=(*_discard_pair(request, info), *_noise_pairs(request), *pairs),
        warnings=warnings,
        start_timestep=None if start is None or not total else int(full[min(start, len(full) - 1)]),
        extra_noise=0.0 if start is None else request.options.img2img_extra_noise,
    )


def _count_steps(request: PassRequest) -> tuple[int, int | None]:
    """(steps of the whole schedule, how many before the last one are run; None: all)."""
    if request.denoising is None:
        return request.steps, None
    strength = min(request.denoising, _MAX_STRENGTH)
    if request.forced_steps or request.options.img2img_fix_steps:
        return int(request.steps / strength) if strength > 0 else 0, request.steps - 1
    return request.steps, int(strength * request.steps)


def _end(request: PassRequest, info: SamplerInfo, total: int, begin: int) -> int | None:
    """The step of the whole schedule after which it ends; None at its end. Raises InvalidRequest for none."""
    if not request.end_early:
        return None
    if info.name in ("DPM fast", "DPM adaptive"):
        raise InvalidRequest(
            f"the sampler {info.name} chooses its own levels and can't end early", field="end_early"
        )
    end = int(total * (1 - request.end_early) + EPSILON)
    if end <= begin:
        raise InvalidRequest("it leaves no step to take", field="end_early")
    return end if end < total else None


def _timesteps(steps: int) -> Tensor:
    """Rising timesteps 1, 1 + c, 1 + 2c, ... with c = 1000 // steps."""
    return (torch.arange(0, 1000, max(1000 // steps, 1)) + 1).clamp(0, 999)


def _solver_range(
    info: SamplerInfo, request: PassRequest, table: SigmaTable, used: Tensor
) -> dict[str, float]:
    """Ends of DPM fast and adaptive: the whole table, or the part of the list that img2img runs."""
    ends: dict[str, float] = {"sigma_min": float(table.sigmas[0]), "sigma_max": float(table.sigmas[-1])}
    n = request.steps
    if request.denoising is not None and len(used) > 1:
        ends = {"sigma_min": float(used[-2]), "sigma_max": float(used[0])}
        n = len(used) - 1
    return ends | {"n": n} if info.name == "DPM fast" else ends


def _landings(used: Tensor, table: SigmaTable) -> Tensor:
    """Return the level that each step of TCD lands on before noise is added: below the next, 0 at the end."""
    every = NoiseTable(table.alphas_cumprod)
    below = every.t_to_sigma(((1 - GAMMA) * every.sigma_to_t(used[1:])).floor().clamp(min=0))
    return torch.minimum(below, used[1:])


def _anew_after(request: PassRequest, info: SamplerInfo) -> int:
    """Whole steps, 0 for never; a sampler without memory has nothing to forget."""
    if request.anew_at is None or not info.remembers:
        return 0
    return math.ceil(round(request.anew_at * request.steps, 6))


def _discard_pair(request: PassRequest, info: SamplerInfo) -> Pairs:
    by_option = request.options.always_discard_next_to_last_sigma and not info.discard_penultimate
    return (("Discard penultimate sigma", True),) if by_option else ()


def _schedule_pair(request: PassRequest, label: str | None) -> Pairs:
    if label is None:
        return ()
    if request.first_schedule is None:
        return (("Schedule type", label),)
    return (("Hires schedule type", label),) if label != request.first_schedule else ()


def _noise_pairs(request: PassRequest) -> Pairs:
    options, pairs = request.options, list[tuple[str, Any]]()
    if request.denoising is not None and options.img2img_extra_noise > 0:
        pairs.append(("Extra noise", options.img2img_extra_noise))
    sigma_family = (info := find_sampler(request.sampler)) is not None and info.family == "sigma"
    if request.denoising is None and options.sgm_noise_multiplier and sigma_family:
        pairs.append(("SGM noise multiplier", True))
    if request.noise_multiplier != 1.0:
        pairs.append(("Noise multiplier", request.noise_multiplier))
    return tuple(pairs)


def _stay(x: Tensor) -> Generator[Evaluate, Any, Tensor]:
    yield from ()
    return x
