"""The units of a job, their weights and their latents, kept between the engine's hooks."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from extensions.controlnet.control.injection.latents import UnitLatents
from extensions.controlnet.prepare.prepared import PreparedUnit
from pipelines.plugin import Holder, job_latents

if TYPE_CHECKING:
    from pipelines.plugin import GenerationJob

KEY, LATENTS, HOLDER = "controlnet", "controlnet latents", "controlnet weights"


def units_of(job: GenerationJob) -> list[PreparedUnit]:
    """The units that steer a job; none where leniency gave them up."""
    prepared: list[PreparedUnit] = job.extension_state.get(KEY, [])
    return prepared


def holder_of(job: GenerationJob) -> Holder:
    """The holder that keeps the networks of a job's units in memory until the job ends."""
    holder: Holder = job.extension_state.setdefault(HOLDER, Holder())
    return holder


def progress_of(job: GenerationJob) -> tuple[int, int]:
    """Step of the sampler, steps of the pass."""
    return job.reporter.state.step, job.reporter.state.steps


def latents_of(job: GenerationJob) -> UnitLatents:
    """The latents of the units' pictures, which a job encodes once."""
    new = UnitLatents(encode=partial(job_latents, job), cell=job.loaded.latents.cell)
    made: UnitLatents = job.extension_state.setdefault(LATENTS, new)
    return made
