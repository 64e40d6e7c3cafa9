"""Swap the network mid-sampling for the refiner."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from pipelines.contract.errors import InvalidRequest
from pipelines.denoising.denoiser import Predictor
from pipelines.generation.job import GenerationJob
from pipelines.generation.models import check_latents, same_kind

if TYPE_CHECKING:
    from pipelines.families.model import LoadedModel
    from pipelines.generation.sampling_pass import SamplingPass
    from pipelines.sampling.sampling_plan import SamplingPlan


@dataclass(slots=True, kw_only=True)
class RefinerSwitch:
    """Answers the refiner's network once sampling has passed ``switch_at`` (0..1 of the timesteps).

    ``by_steps`` measures model calls against ``total_steps`` instead.
    """

    make: Callable[[], Predictor]
    switch_at: float | None
    by_steps: bool
    total_steps: int
    sigmas: Tensor
    timestep_family: bool
    switched: bool = field(default=False)

    def __call__(self, state: Predictor, sigma: Tensor, call: int) -> Predictor:
        if self.switched or (self.switch_at is not None and self._completed(sigma, call) < self.switch_at):
            return state
        self.switched = True
        return self.make()

    def _completed(self, sigma: Tensor, call: int) -> float:
        if self.by_steps:
            return call / max(self.total_steps, 1)
        if self.timestep_family:
            timestep = int(sigma)
        else:
            timestep = int(torch.argmin((self.sigmas - sigma).abs()))
        return (999 - timestep) / 1000


def refiner_switch(
    job: GenerationJob,
    sampling: SamplingPass,
    plan: SamplingPlan,
    make: Callable[[LoadedModel, bool], Predictor],
) -> RefinerSwitch | None:
    """The switch for this pass, None where the refiner has no part in it.

    ``make`` prompts its network: with the pass's networks on it, or bare (True).
    """
    refiner, o = job.request.refiner, job.request.options
    if refiner is None or not _takes_part(job, sampling):
        return None
    if Path(refiner.checkpoint) == job.loaded.path:
        return None  # it samples already

    def load() -> Predictor:
        former = job.loaded
        model = job.models.change(refiner.checkpoint)
        check_latents(former, model, field="refiner.checkpoint")
        if model.in_channels not in (former.in_channels, model.latents.channels):
            text = f"{model.name} takes {model.in_channels} channels, the checkpoint {former.in_channels}"
            raise InvalidRequest(text, field="refiner.checkpoint")
        if o.refiner_switch_by_sample_steps:
            job.add_pairs({"Refiner switch by sampling steps": True})
        if job.plan.hires is not None and o.hires_fix_refiner_pass != "second pass":
            job.add_pairs({"Hires refiner": o.hires_fix_refiner_pass})
        title = job.services.short_title(refiner.checkpoint)
        job.add_pairs({"Refiner": title, "Refiner switch at": refiner.switch_at})
        return make(model, not same_kind(model, former))

    return RefinerSwitch(
        make=load,
        switch_at=refiner.switch_at,
        by_steps=o.refiner_switch_by_sample_steps,
        total_steps=plan.steps * (2 if plan.sampler.info.second_order else 1),
        sigmas=plan.table.sigmas,
        timestep_family=plan.sampler.family == "timestep",
    )


def _takes_part(job: GenerationJob, sampling: SamplingPass) -> bool:
    if job.plan.hires is None:
        return True
    wanted = job.request.options.hires_fix_refiner_pass
    return wanted in ("both passes", "second pass" if sampling.hires else "first pass")
