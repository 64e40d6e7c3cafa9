"""The second pass of hires fix: enlarge the first pass's latents and sample again."""

from __future__ import annotations

from dataclasses import replace

import torch
from PIL import Image
from torch import Tensor

from pipelines.contract.errors import InvalidRequest
from pipelines.contract.heed import heeding
from pipelines.contract.hires_size import HiresSize
from pipelines.contract.latent_modes import LATENT_MODES
from pipelines.contract.requests import GenerationRequest, Hires
from pipelines.denoising.work import Work, paused
from pipelines.generation.batch import Batch
from pipelines.generation.decode import job_latents, job_pictures, to_tensor
from pipelines.generation.finishing.describe import infotext
from pipelines.generation.finishing.finish import save_sample
from pipelines.generation.job import GenerationJob
from pipelines.generation.models import check_latents
from pipelines.generation.notes import NotedPairs, Pair
from pipelines.generation.sampling import new_rng, run_pass
from pipelines.generation.sampling_pass import Sampled, SamplingPass
from pipelines.generation.services import Services
from pipelines.generation.start.image_conditioning import blank_conditioning, image_conditioning
from pipelines.generation.upscaling import hires_upscaler, upscale_latents
from pipelines.text.infotext.write import Value


def hires_pairs(job: GenerationJob, hires: Hires, size: HiresSize) -> NotedPairs:
    """Infotext pairs of hires fix, in A1111's order."""
    r = job.request

    def differing(texts: tuple[str, ...], base: tuple[str, ...], index: int) -> Value:
        return texts[index] if texts[index] != base[index] else None

    pairs: dict[str, Pair] = {"Denoising strength": r.denoising_strength}
    if hires.checkpoint:
        pairs["Hires checkpoint"] = job.services.short_title(hires.checkpoint)
    if hires.sampler and hires.sampler != r.sampler:
        pairs["Hires sampler"] = hires.sampler
    t = job.plan.texts
    pairs["Hires prompt"] = lambda i: differing(t.hires_prompts, t.prompts, i)
    pairs["Hires negative prompt"] = lambda i: differing(t.hires_negative_prompts, t.negative_prompts, i)
    pairs["Hires schedule type"] = lambda i: None
    if size.resize is not None:
        pairs["Hires resize"] = f"{size.resize[0]}x{size.resize[1]}"
    else:
        pairs["Hires upscale"] = hires.scale
    if hires.steps:
        pairs["Hires steps"] = hires.steps
    if hires.upscaler is not None:
        pairs["Hires upscaler"] = hires.upscaler
    return pairs


def enlarge(job: GenerationJob, batch: Batch) -> Work[Batch]:
    """Enlarge and sample again, as a stage; without hires fix, or once the job is to end, nothing changes."""
    hires, size = job.request.hires, job.plan.hires
    if hires is None or size is None or job.control.stop_requested():
        return batch
    job.reporter.end_batch()
    first = batch.latest()
    latents = yield from run_hires(job, batch.index, first, hires, size)
    return replace(batch, sampled=replace(first, latents=latents))


def run_hires(
    job: GenerationJob, batch_index: int, first: Sampled, hires: Hires, size: HiresSize
) -> Work[Tensor]:
    """Enlarge, crop, sample, and return the latents. Raises InvalidRequest for an unknown upscaler."""
    _save_first_pass(job, batch_index, first.latents)
    upscaler = hires.upscaler or "Latent"
    if upscaler in LATENT_MODES:
        _take_second(job, hires)
        cells = job.loaded.latents.cells
        latents = upscale_latents(
            first.latents, upscaler, cells(size.upscale_height), cells(size.upscale_width)
        )
        conditioning = _latent_conditioning(job, latents)
    else:
        pictures = job_pictures(job, first.latents)
        _take_second(job, hires)
        pixels = yield from _enlarged(job, pictures, upscaler, size)
        latents = job_latents(job, pixels)
        # A1111 takes these for pictures in [-1, 1], which shows below a mask weight of 1
        conditioning = image_conditioning(job, pixels, latents, mask_round=True)
    job.models.shape_attention()
    cell = job.loaded.latents.cell
    latents = _cropped(latents, size, cell)
    height, width = latents.shape[-2:]
    sampling = SamplingPass(
        batch_index=batch_index,
        hires=True,
        width=width * cell,
        height=height * cell,
        conditioning_size=(size.upscale_width, size.upscale_height),
        sampler=hires.sampler or job.request.sampler,
        scheduler=hires.scheduler or job.request.scheduler,
        steps=hires.steps or job.request.steps,
        rng=new_rng(job, batch_index, height, width),
        latent=latents,
        denoising=job.request.strength,
        forced_steps=True,
        image_conditioning=conditioning,
        first_schedule=first.schedule_label,
    )
    second = yield from run_pass(job, sampling)
    job.models.shape_attention()
    return second.latents


def _take_second(job: GenerationJob, hires: Hires) -> None:
    """Make the second pass's checkpoint that in use; its latents must have the shape of the first one's."""
    first = job.loaded
    job.models.use(hires.checkpoint or job.request.checkpoint)
    check_latents(first, job.loaded, field="hires.checkpoint")


def _enlarged(
    job: GenerationJob, pictures: list[Image.Image], upscaler: str, size: HiresSize
) -> Work[Tensor]:
    """(batch, 3, H, W) in [0, 1]; pauses between tiles."""
    enlarge = hires_upscaler(job, upscaler)
    larger: list[Image.Image] = []
    for picture in heeding(pictures):
        made = yield from paused(enlarge(picture, size.upscale_width, size.upscale_height))
        larger.append(made)
    return to_tensor(larger)


def _latent_conditioning(job: GenerationJob, latents: Tensor) -> Tensor | None:
    """Condition a pass after a latent upscaler, which leaves no picture.

    Where the mask hides all of it a grey one is taken, else the one that the latents decode to.
    """
    if job.loaded.conditioning == "none" or job.request.options.inpainting_mask_weight >= 1.0:
        cell = job.loaded.latents.cell
        height, width = latents.shape[-2:]
        return blank_conditioning(job, len(latents), width * cell, height * cell)
    with job.models.lease() as model:
        signed = torch.cat([model.decode(latent[None]).float() for latent in latents])
    return image_conditioning(job, signed, latents, mask_round=True)


def _cropped(latents: Tensor, size: HiresSize, cell: int) -> Tensor:
    h, w = latents.shape[-2:]
    y, x = size.truncate_y // cell, size.truncate_x // cell
    return latents[:, :, y // 2 : h - (y + 1) // 2, x // 2 : w - (x + 1) // 2]


def _save_first_pass(job: GenerationJob, batch_index: int, latents: Tensor) -> None:
    output = job.request.output
    if not (job.request.save_images and output.samples_save and output.save_images_before_highres_fix):
        return
    for offset, picture in enumerate(job_pictures(job, latents)):
        index = batch_index * job.request.batch_size + offset
        save_sample(job, picture, index, infotext(job, index), suffix="-before-highres-fix")


def check_hires(request: GenerationRequest, services: Services) -> None:
    """Raise InvalidRequest for an upscaler that can't be used, before anything is sampled."""
    name = None if request.hires is None else request.hires.upscaler
    if name is None or name in LATENT_MODES or name == "None":
        return
    try:
        services.upscalers.get(name, request.options)
    except InvalidRequest as error:
        raise type(error)(error.message, field="hires.upscaler") from error
