"""New overlays for soft inpainting, made from what sampling really changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PIL import Image
from torch import Tensor

from pipelines.denoising.soft_inpainting import SoftBlend, soft_overlay_masks
from pipelines.generation.enlarge.upscaling import img2img_upscaler
from pipelines.generation.job import GenerationJob
from pipelines.pictures.masks import PreparedMask
from pipelines.pictures.overlay import make_overlay
from pipelines.pictures.resize import LATENT, STRETCH, resize_image

if TYPE_CHECKING:
    from pipelines.generation.start.img2img import Img2imgStart


def soft_overlays(
    job: GenerationJob, latents: Tensor, start: Img2imgStart, mask: PreparedMask
) -> list[tuple[Image.Image, Image.Image]]:
    """``(overlay, mask)`` per picture; they replace those of hard inpainting."""
    blend, settings, source = start.mask, start.soft, job.request.img2img
    if not isinstance(blend, SoftBlend) or settings is None or source is None:
        raise TypeError("soft inpainting runs with its own blend")
    originals = list(start.init.originals)
    if mask.region is None:
        # latents that are resized are stretched; the original knows no overlay for them
        mode = STRETCH if source.resize_mode == LATENT else source.resize_mode
        upscaler = img2img_upscaler(job)
        originals = [
            resize_image(mode, image, job.plan.width, job.plan.height, upscaler) for image in originals
        ]
    shown = soft_overlay_masks(
        latents,
        blend.init,
        blend.repaint,
        settings,
        width=job.plan.width,
        height=job.plan.height,
        paste_to=mask.paste_to,
        overlay_size=originals[0].size,
    )
    return [(make_overlay(image, hole), hole) for image, hole in zip(originals, shown, strict=True)]
