"""The start of img2img: init pictures to latents, masks to latent space, once per job."""

from __future__ import annotations

import torch
from torch import Tensor

from pipelines.contract.requests import Img2Img, Inpaint
from pipelines.denoising.mask_blend import LatentMask
from pipelines.denoising.work import Work, paused
from pipelines.generation.batch import Img2imgStart
from pipelines.generation.decode import job_latents, to_tensor
from pipelines.generation.hooks import MaskHook
from pipelines.generation.job import GenerationJob
from pipelines.generation.sampling import new_rng
from pipelines.generation.sampling_pass import InitImages, Mask
from pipelines.generation.start.image_conditioning import image_conditioning
from pipelines.generation.start.init_images import pixel_hash, prepare_init_images
from pipelines.generation.upscaling import img2img_upscaler
from pipelines.pictures.masks import latent_mask
from pipelines.pictures.resize import LATENT
from pipelines.pictures.save import save_named
from pipelines.text.infotext.write import Value

_FILLS = {0: "fill", 2: "latent noise", 3: "latent nothing"}


def start_img2img(job: GenerationJob, source: Img2Img) -> Work[Img2imgStart]:
    """Prepare, encode and mask the init pictures. Raises InvalidRequest."""
    blend = job.services.hooks.mask(job) if source.inpaint is not None else None
    mask_round = source.inpaint is not None and source.inpaint.round and blend is None
    init = yield from paused(
        prepare_init_images(
            job.request,
            job.plan.width,
            job.plan.height,
            img2img_upscaler(job),
            cell=job.loaded.latents.cell,
            mask_round=mask_round,
            warn=job.warn,
        )
    )
    unnamed = job.request.unnamed_pairs
    job.add_pairs({k: v for k, v in _pairs(job, source, init).items() if k not in unnamed})
    if job.request.output.save_init_img:
        _save_init_images(job, init)
    pixels = to_tensor(list(init.images))
    job.reseed(job.seeds[-1])
    latents = job_latents(job, pixels)
    cells = job.loaded.latents.cells
    size = (cells(job.plan.height), cells(job.plan.width))
    if source.resize_mode == LATENT:
        latents = torch.nn.functional.interpolate(latents, size=size, mode="bilinear")
    mask, latents = _masked(job, source.inpaint, init, latents, blend, rounded=mask_round)
    multiplier = source.noise_multiplier
    return Img2imgStart(
        init=init,
        latents=latents,
        mask=mask,
        conditioning=image_conditioning(
            job,
            2.0 * pixels - 1.0,
            latents,
            init.mask.image if init.mask else None,
            mask_round=mask_round or job.loaded.family.rounds_masks,
        ),
        noise_multiplier=(job.request.options.initial_noise_multiplier if multiplier is None else multiplier),
    )


def _save_init_images(job: GenerationJob, init: InitImages) -> None:
    """Write the pictures as they came, under their hashes, whether or not results are saved."""
    places = job.services.settings.folders.places
    folder = places.output_folder(job.request.output.outdir_init_images)
    for picture in init.stored:
        save_named(picture, folder, pixel_hash(picture))


def _masked(
    job: GenerationJob,
    inpaint: Inpaint | None,
    init: InitImages,
    latents: Tensor,
    blend: MaskHook | None,
    *,
    rounded: bool,
) -> tuple[Mask | None, Tensor]:
    """Return the blend of the mask, and the latents with the masked content that is asked for."""
    if inpaint is None or init.latent_mask is None:
        return None, latents
    height, width = latents.shape[-2:]
    cells = latent_mask(init.latent_mask, width, height, rounded=rounded)
    repaint = torch.from_numpy(cells)[None].to(latents)
    if inpaint.fill == 2:
        noise = new_rng(job, 0, height, width, plain=True).next()
        latents = latents * (1.0 - repaint) + noise.to(latents) * repaint
    elif inpaint.fill == 3:
        latents = latents * (1.0 - repaint)
    if blend is not None:
        return blend(latents, repaint), latents
    return LatentMask(init=latents, repaint=repaint), latents


def _pairs(job: GenerationJob, source: Img2Img, init: InitImages) -> dict[str, Value]:
    pairs: dict[str, Value] = {"Denoising strength": job.request.denoising_strength}
    if job.request.output.save_init_img:
        pairs["Init image hash"] = pixel_hash(init.stored[0])
    inpaint = source.inpaint
    if inpaint is not None and init.mask is not None:
        if inpaint.invert:
            pairs["Mask mode"] = "Inpaint not masked"
        if inpaint.blur_x > 0 or inpaint.blur_y > 0:
            pairs["Mask blur"] = inpaint.blur_x if inpaint.blur_x == inpaint.blur_y else None
        if inpaint.only_masked:
            pairs["Inpaint area"] = "Only masked"
            pairs["Masked area padding"] = inpaint.padding
        if inpaint.fill in _FILLS:
            pairs["Masked content"] = _FILLS[inpaint.fill]
    method = job.request.options.sd_vae_encode_method
    if method != "Full":
        pairs["VAE Encoder"] = method
    return pairs
