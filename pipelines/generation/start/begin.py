"""The stage that a batch begins with: the start of its first pass, its size and its noise."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from pipelines.denoising.work import Work
from pipelines.generation.batch import Batch, Img2imgStart
from pipelines.generation.job import GenerationJob
from pipelines.generation.sampling import new_rng
from pipelines.generation.sampling_pass import SamplingPass
from pipelines.generation.start.image_conditioning import blank_conditioning
from pipelines.generation.start.inversion import find_noise


def start(job: GenerationJob, batch: Batch) -> Work[Batch]:
    """Make the request's checkpoint that in use again, and describe the first pass."""
    if job.loaded.path != Path(job.request.checkpoint):
        job.reporter.stage("load")
        job.models.use(job.request.checkpoint)
    if batch.start is not None:
        sampling = yield from _from_pictures(job, batch.index, batch.start)
    else:
        sampling = _from_noise(job, batch.index)
    return replace(batch, sampling=sampling)


def _from_noise(job: GenerationJob, batch_index: int) -> SamplingPass:
    plan, cells = job.plan, job.loaded.latents.cells
    sampling = _plain_pass(job, batch_index, cells(plan.height), cells(plan.width))
    count = len(plan.seeds[plan.batch(batch_index)])
    return replace(sampling, image_conditioning=blank_conditioning(job, count, plan.width, plan.height))


def _from_pictures(job: GenerationJob, batch_index: int, start: Img2imgStart) -> Work[SamplingPass]:
    request, plan = job.request, job.plan
    height, width = start.latents.shape[-2:]
    sampling = replace(
        _plain_pass(job, batch_index, height, width),
        latent=start.latents[: len(plan.seeds[plan.batch(batch_index)])],
        denoising=request.strength,
        image_conditioning=start.conditioning,
        mask=start.mask,
        noise_multiplier=start.noise_multiplier,
        init=start.init,
    )
    if request.inversion is None:
        return sampling
    return replace(sampling, found=(yield from find_noise(job, sampling, request.inversion)))


def _plain_pass(job: GenerationJob, batch_index: int, height: int, width: int) -> SamplingPass:
    """Describe a pass from noise at the request's settings; ``height`` and ``width`` are the latents'."""
    request, plan = job.request, job.plan
    return SamplingPass(
        batch_index=batch_index,
        hires=False,
        width=plan.width,
        height=plan.height,
        conditioning_size=(plan.width, plan.height),
        sampler=request.sampler,
        scheduler=request.scheduler,
        steps=request.steps,
        rng=new_rng(job, batch_index, height, width),
    )
