"""New overlays, made by the changes of the latents in sampling."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PIL import Image
from torch import Tensor

from extensions.soft_inpainting.blend import SoftBlend
from extensions.soft_inpainting.overlay_masks import soft_overlay_masks
from pipelines.plugin import LATENT, STRETCH, Work, img2img_upscaler, make_overlay, paused, resize_in_pieces

if TYPE_CHECKING:
    from pipelines.plugin import GenerationJob, Img2imgStart


def soft_overlays(
    job: GenerationJob, start: Img2imgStart, blend: SoftBlend, latents: Tensor
) -> Work[list[tuple[Image.Image, Image.Image]]]:
    """``(overlay, mask)`` per picture; they replace those of hard inpainting."""
    mask, source = start.init.mask, job.request.img2img
    assert mask is not None and source is not None
    originals = list(start.init.originals)
    if mask.region is None:
        # latents that are resized are stretched; the original has no overlay for them
        mode = STRETCH if source.resize_mode == LATENT else source.resize_mode
        upscaler = img2img_upscaler(job)
        for number, picture in enumerate(originals):
            originals[number] = yield from paused(
                resize_in_pieces(mode, picture, job.plan.width, job.plan.height, upscaler)
            )
    shown = soft_overlay_masks(
        latents,
        blend.init,
        blend.repaint,
        blend.settings,
        width=job.plan.width,
        height=job.plan.height,
        paste_to=mask.paste_to,
        overlay_size=originals[0].size,
    )
    return [(make_overlay(picture, hole), hole) for picture, hole in zip(originals, shown, strict=True)]
