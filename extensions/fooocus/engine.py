"""Fooocus' place in a generation: what its jobs change about guidance and model calls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from extensions.fooocus.steering.call import chunks_of, inpaint_files_of, steering_of
from extensions.fooocus.steering.guidance import SharpGuidance
from extensions.fooocus.steering.inpaint_engine import InpaintEngine, back_to_plain, begun
from extensions.fooocus.steering.pooled import pooled_text
from extensions.fooocus.steering.sizes import SizeConditioning, is_sized
from pipelines.plugin import CallHook, FreeU, GuidanceHook, PatchHook, Switch, early_hook, hook

if TYPE_CHECKING:
    from pipelines.plugin import GenerationJob, MakePredictor, ModelCall, SamplingPass, SamplingPlan


@hook
def begin_job(job: GenerationJob) -> None:
    """Prepare the inpaint engine of a job that has its files."""
    files = inpaint_files_of(job)
    if files is not None:
        job.store.put(begun(job, files))


@hook
def patch_hook(job: GenerationJob, sampling: SamplingPass) -> PatchHook | None:
    """The patch of the job's inpaint engine, if it has one."""
    engine = _inpaint_engine(job)
    return None if engine is None else engine.patched


@hook
def switch_hook(
    job: GenerationJob, sampling: SamplingPass, plan: SamplingPlan, make: MakePredictor
) -> Switch | None:
    """Switch back to the checkpoint without that patch, unless a refiner follows."""
    if _inpaint_engine(job) is None or job.request.refiner is not None:
        return None
    return back_to_plain(job, plan.steps * (2 if plan.sampler.info.second_order else 1), make)


def _inpaint_engine(job: GenerationJob) -> InpaintEngine | None:
    return job.store.get(InpaintEngine)


@early_hook
def begin_pass(job: GenerationJob, sampling: SamplingPass) -> CallHook | None:
    """Change SDXL's sizes and pooled text, add FreeU and the inpaint engine; for control networks too."""
    steering = steering_of(job)
    if steering is None:
        return None
    hooks: list[CallHook] = []
    if is_sized(job.loaded):
        hooks.append(SizeConditioning(steering, job.loaded.latents.cell))
        pooled = pooled_text(job, *chunks_of(job))
        hooks += [pooled] if pooled is not None else []
    plain: list[CallHook] = [] if steering.freeu is None else [FreeU(steering.freeu)]
    engine = _inpaint_engine(job)
    plain += [] if engine is None else [engine]

    def change(call: ModelCall) -> ModelCall:
        # a refiner that took over may be of another family
        for one in hooks if is_sized(call.model) else ():
            call = one(call)
        for one in plain:
            call = one(call)
        return call

    return change if hooks or plain else None


@hook
def guidance_hook(job: GenerationJob, sampling: SamplingPass) -> GuidanceHook | None:
    """Sharpness and adaptive guidance, as the job asks for them."""
    steering = steering_of(job)
    return None if steering is None else SharpGuidance(steering)
