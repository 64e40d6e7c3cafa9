"""The sigma list of a pass: its scheduler, its range, and their pairs in the infotext."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from pipelines.contract.errors import InvalidRequest
from pipelines.contract.options import GenerationOptions
from pipelines.sampling.noise_table import SigmaTable
from pipelines.sampling.sampler_arguments import Pairs
from pipelines.sampling.sampler_names import find_scheduler
from pipelines.sampling.sampler_table import SamplerInfo
from pipelines.sampling.schedules import SCHEDULERS, Scheduler, ScheduleRange

_OLD_KARRAS_RANGE = (0.1, 10.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class SigmaList:
    """``sigmas`` float32 on the CPU, falling. ``label`` is None for the model's own levels."""

    sigmas: Tensor
    label: str | None
    infotext: Pairs


def build_sigmas(
    info: SamplerInfo,
    scheduler: str,
    n: int,
    table: SigmaTable,
    options: GenerationOptions,
) -> SigmaList:
    """Levels for ``n`` steps. ``scheduler`` is a label or name; Automatic means the sampler's
    own, and the model's own levels where it is a flow."""
    discard = discards_penultimate(info, options)
    n += discard
    chosen = _choose(info, scheduler, table)
    if chosen is None or n == 0:
        label, pairs = None, ()
        sigmas = table.default_sigmas(n)
    else:
        limits, pairs = _limits(chosen, table, options)
        label, sigmas = chosen.info.label, chosen.build(n, limits)
    if discard:
        sigmas = torch.cat([sigmas[:-2], sigmas[-1:]])
    return SigmaList(sigmas=sigmas.float(), label=label, infotext=pairs)


def discards_penultimate(info: SamplerInfo, options: GenerationOptions) -> bool:
    """True if one more step is planned and its last positive level left out."""
    return info.discard_penultimate or options.always_discard_next_to_last_sigma


def _choose(info: SamplerInfo, scheduler: str, table: SigmaTable) -> Scheduler | None:
    found = find_scheduler(scheduler or "automatic")
    if found is None:
        raise InvalidRequest(f"unknown scheduler {scheduler!r}", field="scheduler")
    automatic = None if table.flow else info.scheduler  # samplers' own schedules suit sigmas above 1
    name = automatic if found.name == "automatic" else found.name
    return None if name is None else SCHEDULERS[name]


def _limits(
    scheduler: Scheduler, table: SigmaTable, options: GenerationOptions
) -> tuple[ScheduleRange, Pairs]:
    ends = (float(table.sigmas[0]), float(table.sigmas[-1]))
    low, high = _OLD_KARRAS_RANGE if options.use_old_karras_scheduler_sigmas else ends
    rho = scheduler.info.default_rho
    pairs: list[tuple[str, Any]] = []
    if options.sigma_min not in (0, ends[0]):
        low = options.sigma_min
        pairs.append(("Schedule min sigma", low))
    if options.sigma_max not in (0, ends[1]):
        high = options.sigma_max
        pairs.append(("Schedule max sigma", high))
    if rho > 0 and options.rho not in (0, rho):
        rho = options.rho
        pairs.append(("Schedule rho", rho))
    if scheduler.info.name == "beta":
        pairs.append(("Beta schedule alpha", options.beta_dist_alpha))
        pairs.append(("Beta schedule beta", options.beta_dist_beta))
    limits = ScheduleRange(
        sigma_min=_positive("sigma_min", low),
        sigma_max=_positive("sigma_max", high),
        table=table,
        rho=rho,
        beta_alpha=_positive("beta_dist_alpha", options.beta_dist_alpha),
        beta_beta=_positive("beta_dist_beta", options.beta_dist_beta),
    )
    return limits, tuple(pairs)


def _positive(field: str, value: float) -> float:
    if value > 0:
        return float(value)
    raise InvalidRequest(f"{field} must be above 0, not {value}", field=f"options.{field}")
