"""Fooocus' place in a generation: what its jobs change about guidance and model calls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from extensions.fooocus.steering.call import chunks_of, steering_of
from extensions.fooocus.steering.guidance import SharpGuidance
from extensions.fooocus.steering.pooled import pooled_text
from extensions.fooocus.steering.sizes import SizeConditioning
from pipelines.plugin import CallHook, FreeU, GuidanceHook, hook

if TYPE_CHECKING:
    from pipelines.plugin import GenerationJob, ModelCall, SamplingPass

SIZED = "sdxl"
"""The family whose networks are told of sizes."""


@hook
def begin_pass(job: GenerationJob, sampling: SamplingPass) -> CallHook | None:
    """Sizes and texts that SDXL is told of as a whole, and FreeU."""
    steering = steering_of(job)
    if steering is None:
        return None
    hooks: list[CallHook] = []
    if job.loaded.family.name == SIZED:
        hooks.append(SizeConditioning(steering, job.loaded.latents.cell))
        pooled = pooled_text(job, *chunks_of(job))
        hooks += [pooled] if pooled is not None else []
    freeu = None if steering.freeu is None else FreeU(steering.freeu)

    def change(call: ModelCall) -> ModelCall:
        # a refiner that took over may be of another family
        for one in hooks if call.model.family.name == SIZED else ():
            call = one(call)
        return call if freeu is None else freeu(call)

    return change if hooks or freeu is not None else None


@hook
def guidance_hook(job: GenerationJob, sampling: SamplingPass) -> GuidanceHook | None:
    """Sharpness and adaptive guidance."""
    steering = steering_of(job)
    return None if steering is None else SharpGuidance(steering)
