"""Latents to pictures, one at a time, as A1111 truncates them, and pictures to latents."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from pipelines.contract.errors import NansProduced
from pipelines.contract.heed import heeding
from pipelines.contract.options import GenerationOptions
from pipelines.denoising.work import Work
from pipelines.families.model import LoadedModel
from pipelines.generation.batch import Batch
from pipelines.generation.job import GenerationJob

TAESD = "TAESD"
"""Value of the options sd_vae_decode_method and sd_vae_encode_method for the tiny autoencoder."""


def decode(job: GenerationJob, batch: Batch) -> Work[Batch]:
    """The stage that decodes the latest latents."""
    job.reporter.stage("decode")
    yield from ()
    return replace(batch, images=tuple(job_pictures(job, batch.latest().latents)))


def job_pictures(job: GenerationJob, latents: Tensor) -> list[Image.Image]:
    """Decode (batch, C, h, w) as the job's options say. Raises NansProduced, MissingWeights, CorruptFile."""
    options = job.request.options
    if options.sd_vae_decode_method != TAESD:
        return _decoded(job, latents, options)
    job.add_pairs({"VAE Decoder": TAESD})
    decoder = job.services.tiny_models.decoder(latents.device, job.loaded.family.previews)
    with torch.inference_mode():
        return [to_picture(decoder(latent[None].float())[0] * 2 - 1) for latent in heeding(latents)]


def _decoded(job: GenerationJob, latents: Tensor, options: GenerationOptions) -> list[Image.Image]:
    with job.models.lease() as model:
        codec = model.codec
        codec.to_float32 = options.auto_vae_precision
        codec.to_bfloat16_first = options.auto_vae_precision_bfloat16
        pictures = decode_latents(model, latents, nan_check=job.services.settings.nan_check)
    for warning in codec.take_warnings():
        job.warn(warning)
    return pictures


def job_latents(job: GenerationJob, pixels: Tensor) -> Tensor:
    """Encode (batch, 3, H, W) in [0, 1] as the job's options say. Raises MissingWeights, CorruptFile."""
    if job.request.options.sd_vae_encode_method != TAESD:
        with job.models.lease() as model:
            return model.encode_pixels(pixels, generator=job.generator)
    device = job.loaded.device
    encoder = job.services.tiny_models.encoder(device, job.loaded.family.previews)
    with torch.inference_mode():
        return torch.cat([encoder(picture.float().to(device)) for picture in heeding(pixels.split(1))])


def decode_latents(model: LoadedModel, latents: Tensor, *, nan_check: bool) -> list[Image.Image]:
    """(batch, C, h, w) latents -> RGB pictures. Raises NansProduced if the UNet failed."""
    if nan_check and bool(latents.flatten()[0].isnan()):
        raise NansProduced("the UNet produced NaN: the checkpoint may need --no-half")
    return [to_picture(model.decode(latent[None])[0]) for latent in heeding(latents)]


def to_picture(pixels: Tensor) -> Image.Image:
    """(3, H, W) in [-1, 1] -> RGB; 255 * value is truncated, not rounded."""
    unit = ((pixels.float() + 1.0) / 2.0).clamp(0.0, 1.0).cpu()
    return Image.fromarray((255.0 * unit.permute(1, 2, 0).numpy()).astype(np.uint8))


def to_tensor(pictures: list[Image.Image]) -> Tensor:
    """RGB pictures of one size -> (batch, 3, H, W) in [0, 1], fp32."""
    arrays = [np.array(picture.convert("RGB")).astype(np.float32) / 255.0 for picture in pictures]
    return torch.from_numpy(np.stack(arrays).transpose(0, 3, 1, 2).copy())
