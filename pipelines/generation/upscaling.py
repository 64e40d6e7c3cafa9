"""The upscalers of a generation: of img2img, of hires fix, and of latents."""

from __future__ import annotations

from collections.abc import Callable

import torch
from PIL import Image
from torch import Tensor

from pipelines.contract.errors import InvalidRequest
from pipelines.contract.heed import Pieces
from pipelines.contract.latent_modes import LATENT_MODES
from pipelines.generation.job import GenerationJob
from pipelines.pictures.resize import STRETCH, Enlarger, resize_in_pieces


def img2img_upscaler(job: GenerationJob) -> Enlarger | None:
    """The upscaler of option ``upscaler_for_img2img``; None means Lanczos."""
    name = job.request.options.upscaler_for_img2img
    if name in ("", "None"):
        return None
    try:
        return job.services.upscalers.in_pieces(name, job.request.options)
    except InvalidRequest as error:
        job.warn(f"{error.message}: pictures are enlarged by Lanczos")
        return None


def upscale_latents(latents: Tensor, mode: str, height: int, width: int) -> Tensor:
    """Interpolate (batch, C, h, w) to ``height`` x ``width`` cells by one of ``LATENT_MODES``."""
    interpolation, antialias = LATENT_MODES[mode]
    return torch.nn.functional.interpolate(
        latents, size=(height, width), mode=interpolation, antialias=antialias
    )


def hires_upscaler(job: GenerationJob, name: str) -> Callable[[Image.Image, int, int], Pieces[Image.Image]]:
    """Enlarge a picture to a size in pixels with the upscaler called ``name``. Raises InvalidRequest."""
    upscaler = None if name == "None" else job.services.upscalers.in_pieces(name, job.request.options)
    return lambda picture, width, height: resize_in_pieces(STRETCH, picture, width, height, upscaler)
