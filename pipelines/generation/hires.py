"""The second pass of hires fix: enlarge the first pass's latents and sample again."""

from __future__ import annotations

from torch import Tensor

from pipelines.contract.errors import InvalidRequest
from pipelines.contract.requests import Hires
from pipelines.denoising.model_call import Work
from pipelines.families.model import LoadedModel
from pipelines.generation.decode import job_latents, job_pictures, to_tensor
from pipelines.generation.describe import infotext
from pipelines.generation.finish import save_sample
from pipelines.generation.hires_size import HiresSize
from pipelines.generation.image_conditioning import blank_conditioning, image_conditioning
from pipelines.generation.job import Extra, GenerationJob
from pipelines.generation.sampling import Sampled, SamplingPass, new_rng, run_pass
from pipelines.generation.upscaling import LATENT_MODES, hires_upscaler, upscale_latents
from pipelines.pictures.infotext.write import Value

DEFAULT_STRENGTH = 0.75


def hires_pairs(job: GenerationJob, hires: Hires, size: HiresSize) -> Extra:
    """Infotext pairs of hires fix, in A1111's order."""
    r = job.request

    def differing(texts: tuple[str, ...], base: tuple[str, ...], index: int) -> Value:
        return texts[index] if texts[index] != base[index] else None

    pairs: Extra = {"Denoising strength": r.denoising_strength}
    if hires.checkpoint:
        pairs["Hires checkpoint"] = job.services.short_title(hires.checkpoint)
    if hires.sampler and hires.sampler != r.sampler:
        pairs["Hires sampler"] = hires.sampler
    t = job.texts
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


def run_hires(
    job: GenerationJob, iteration: int, first: Sampled, hires: Hires, size: HiresSize
) -> Work[Tensor]:
    """Enlarge, crop and sample; answers latents. Raises InvalidRequest for an unknown upscaler."""
    o = job.request.options
    _save_first_pass(job, iteration, first.latents)
    if hires.checkpoint:
        made_by = job.loaded
        job.model = job.services.load_checkpoint(hires.checkpoint, o)
        _check_latents(made_by, job.model)
    upscaler = hires.upscaler or "Latent"
    if upscaler in LATENT_MODES:
        cells = job.loaded.latents.cells
        latents = upscale_latents(
            first.latents, upscaler, cells(size.upscale_height), cells(size.upscale_width)
        )
        pixels = None
    else:
        latents, pixels = _upscale_pictures(job, first.latents, upscaler, size)
    conditioning = _conditioning(job, latents, pixels)
    cell = job.loaded.latents.cell
    latents = _cropped(latents, size, cell)
    height, width = latents.shape[-2:]
    sampling = SamplingPass(
        iteration=iteration,
        hires=True,
        width=width * cell,
        height=height * cell,
        conditioning_size=(size.upscale_width, size.upscale_height),
        sampler=hires.sampler or job.request.sampler,
        scheduler=hires.scheduler or job.request.scheduler,
        steps=hires.steps or job.request.steps,
        rng=new_rng(job, iteration, height, width),
        latent=latents,
        denoising=strength(job),
        forced_steps=True,
        image_conditioning=conditioning,
        first_schedule=first.schedule_label,
    )
    second = yield from run_pass(job, sampling)
    return second.latents


def _check_latents(first: LoadedModel, second: LoadedModel) -> None:
    """Refuse a checkpoint whose latents have another shape than those of the first pass."""
    one, other = first.latents, second.latents
    if (one.channels, one.cell) != (other.channels, other.cell):
        text = f"{second.name} takes latents of {other.channels} channels, {first.name} makes {one.channels}"
        raise InvalidRequest(text, field="hr_checkpoint_name")


def strength(job: GenerationJob) -> float:
    """Denoising strength of the second pass."""
    wanted = job.request.denoising_strength
    return DEFAULT_STRENGTH if wanted is None else wanted


def _upscale_pictures(
    job: GenerationJob, latents: Tensor, upscaler: str, size: HiresSize
) -> tuple[Tensor, Tensor]:
    enlarge = hires_upscaler(job, upscaler)
    images = job_pictures(job, latents)
    enlarged = [enlarge(image, size.upscale_width, size.upscale_height) for image in images]
    pixels = to_tensor(enlarged)
    return job_latents(job, pixels), pixels


def _conditioning(job: GenerationJob, latents: Tensor, pixels: Tensor | None) -> Tensor | None:
    """A latent upscaler leaves no picture to be told of: the network hears of a grey one."""
    if pixels is not None:
        return image_conditioning(job, pixels, latents, None, mask_round=True)
    cell = job.loaded.latents.cell
    height, width = latents.shape[-2:]
    return blank_conditioning(job, len(latents), width * cell, height * cell)


def _cropped(latents: Tensor, size: HiresSize, cell: int) -> Tensor:
    h, w = latents.shape[-2:]
    y, x = size.truncate_y // cell, size.truncate_x // cell
    return latents[:, :, y // 2 : h - (y + 1) // 2, x // 2 : w - (x + 1) // 2]


def _save_first_pass(job: GenerationJob, iteration: int, latents: Tensor) -> None:
    output = job.request.output
    if not (job.request.save_images and output.samples_save and output.save_images_before_highres_fix):
        return
    for offset, image in enumerate(job_pictures(job, latents)):
        index = iteration * job.request.batch_size + offset
        save_sample(job, image, index, infotext(job, index), suffix="-before-highres-fix")


def check_hires(job: GenerationJob, hires: Hires) -> None:
    """Raise InvalidRequest for an upscaler that does not exist, before anything is sampled."""
    name = hires.upscaler
    if (
        name is not None
        and name not in LATENT_MODES
        and name != "None"
        and not job.services.upscalers.has(name)
    ):
        raise InvalidRequest(f"could not find upscaler named {name}", field="hr_upscaler")
