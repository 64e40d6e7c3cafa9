"""The refiner's place in a generation: the switch of a pass, which loads the checkpoint when it comes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from extensions.refiner.options import RefinerOptions
from extensions.refiner.switch import RefinerSwitch
from pipelines.plugin import (
    InvalidRequest,
    MakePredictor,
    Predictor,
    Switch,
    Work,
    check_latents,
    hook,
    same_kind,
)

if TYPE_CHECKING:
    from pipelines.plugin import GenerationJob, SamplingPass, SamplingPlan


@hook
def switch_hook(
    job: GenerationJob, sampling: SamplingPass, plan: SamplingPlan, make: MakePredictor
) -> Switch | None:
    """The switch for this pass, None where the refiner has no part in it."""
    refiner, o = job.request.refiner, RefinerOptions.of(job.request.options)
    if refiner is None or not _takes_part(job, sampling, o):
        return None
    if Path(refiner.checkpoint) == job.loaded.path:
        return None  # the refiner's checkpoint samples from the start

    def load() -> Predictor | Work[Predictor]:
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


def _takes_part(job: GenerationJob, sampling: SamplingPass, o: RefinerOptions) -> bool:
    if job.plan.hires is None:
        return True
    return o.hires_fix_refiner_pass in ("both passes", "second pass" if sampling.hires else "first pass")
