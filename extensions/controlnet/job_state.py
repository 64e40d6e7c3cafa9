"""The units of a job, their weights and their latents, kept between the engine's hooks."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from extensions.controlnet.control.injection.latents import UnitLatents
from extensions.controlnet.prepare.prepared import PreparedUnit
from pipelines.plugin import Holder, job_latents

if TYPE_CHECKING:
    from pipelines.plugin import GenerationJob


@dataclass(slots=True, kw_only=True)
class ControlState:
    """The units that steer a job, their latents, and the holder of their networks' weights."""

    units: list[PreparedUnit] = field(default_factory=list[PreparedUnit])
    latents: UnitLatents
    holder: Holder = field(default_factory=Holder)


def _state_of(job: GenerationJob) -> ControlState:
    def made() -> ControlState:
        return ControlState(
            latents=UnitLatents(encode=partial(job_latents, job), cell=job.loaded.latents.cell)
        )

    return job.store.keep(ControlState, made)


def keep_units(job: GenerationJob, units: list[PreparedUnit]) -> None:
    """Let these units steer the job from now on."""
    _state_of(job).units = units


def units_of(job: GenerationJob) -> list[PreparedUnit]:
    """The units that steer a job; none where leniency gave them up."""
    kept = job.store.get(ControlState)
    return [] if kept is None else kept.units


def holder_of(job: GenerationJob) -> Holder:
    """The holder that keeps the networks of a job's units in memory until the job ends."""
    return _state_of(job).holder


def progress_of(job: GenerationJob) -> tuple[int, int]:
    """Step of the sampler, steps of the pass."""
    return job.reporter.state.step, job.reporter.state.steps


def latents_of(job: GenerationJob) -> UnitLatents:
    """The latents of the units' pictures, which a job encodes once."""
    return _state_of(job).latents
