"""Extra input channels of networks that see the picture: inpainting, instruct-pix2pix, depth."""

from __future__ import annotations

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from pipelines.contract.errors import InvalidRequest
from pipelines.generation.job import GenerationJob


def blank_conditioning(job: GenerationJob, batch: int, width: int, height: int) -> Tensor | None:
    """Condition txt2img on a grey picture, all of it masked: (batch, 5, h, w); None for plain networks.

    A1111's infotexts have the pair of a mask here for SD1's networks alone.
    """
    model = job.loaded
    job.notes.add_mask(told=model.conditioning == "inpaint" and not model.family.rounds_masks)
    if model.conditioning == "none":
        return None
    if model.conditioning != "inpaint":
        raise InvalidRequest(f"{model.name} edits pictures: send it to img2img", field="checkpoint")
    grey = torch.full((batch, 3, height, width), 0.5)
    with job.models.lease() as leased:
        latent = leased.encode_pixels(grey, generator=job.generator, together=True)
    return torch.cat([torch.ones_like(latent[:, :1]), latent], dim=1)


def image_conditioning(
    job: GenerationJob, signed: Tensor, latent: Tensor, mask: Image.Image | None = None, *, mask_round: bool
) -> Tensor | None:
    """Condition img2img and hires on (batch, 3, H, W) pictures in [-1, 1]; None for plain networks.

    ``latent`` gives the size in cells, to which pictures of another size are brought as latents are.
    Inpainting: (batch, 5, h, w) of mask and masked latent. Editing: (batch, 4, h, w) unscaled mode.
    """
    model = job.loaded
    if model.conditioning == "none":
        return None
    if model.conditioning == "edit":
        with job.models.lease() as leased:
            mode = leased.encode_mode((signed + 1.0) / 2.0)
        return _sized(mode, latent)
    if model.conditioning == "depth":
        text = "depth checkpoints need a depth estimator, which is not supported yet"
        raise InvalidRequest(text, field="checkpoint")
    job.notes.add_mask(told=True)
    return _inpaint_conditioning(job, signed, latent, mask, mask_round=mask_round)


def _inpaint_conditioning(
    job: GenerationJob, signed: Tensor, latent: Tensor, mask: Image.Image | None, *, mask_round: bool
) -> Tensor:
    if mask is None:
        hole = signed.new_ones((1, 1, *signed.shape[-2:]))
    else:
        values = np.array(mask.convert("L")).astype(np.float32) / 255.0
        hole = torch.from_numpy(values)[None, None]
        hole = hole.round() if mask_round else hole
    weight = job.request.options.inpainting_mask_weight
    covered = torch.lerp(signed, signed * (1.0 - hole), weight)
    with job.models.lease() as model:
        source = model.encode_pixels((covered + 1.0) / 2.0, generator=job.generator, together=True)
    source = _sized(source, latent)
    small = torch.nn.functional.interpolate(hole, size=latent.shape[-2:])
    return torch.cat([small.expand(len(source), -1, -1, -1).to(source), source], dim=1)


def _sized(told: Tensor, latent: Tensor) -> Tensor:
    if told.shape[-2:] == latent.shape[-2:]:
        return told
    return torch.nn.functional.interpolate(told, size=latent.shape[-2:], mode="bilinear")
