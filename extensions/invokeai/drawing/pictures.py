"""Latents to pictures and back with a graph's VAE."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from PIL import Image
from torch import Tensor

from extensions.invokeai.drawing.models import vae_model, wrapped
from extensions.invokeai.fields.model_values import VAEField
from pipelines.plugin import Patches, decode_latents, to_tensor

if TYPE_CHECKING:
    from extensions.invokeai.context.context import InvocationContext


def decode(context: InvocationContext, vae: VAEField, latents: Tensor) -> Image.Image:
    """The picture of latents (1, C, h, w). Raises NansProduced, OutOfMemory."""
    model = vae_model(context, vae.vae)
    model.apply(Patches(tiling=wrapped(vae.seamless_axes)))
    nan_check = context.services.work.services.settings.nan_check
    (image, *_) = decode_latents(model, latents[:1].to(model.device), nan_check=nan_check)
    context.services.warnings.extend(model.codec.take_warnings())
    return image


def encode(context: InvocationContext, vae: VAEField, image: Image.Image) -> Tensor:
    """Latents of a picture, whose sides are first cut to whole cells; on the CPU.

    The posterior is sampled with the same noise each time, so that a graph answers the same twice.
    """
    model = vae_model(context, vae.vae)
    cell = model.latents.cell
    size = (max(image.width // cell, 1) * cell, max(image.height // cell, 1) * cell)
    fitted = image if image.size == size else image.resize(size, resample=3)
    pixels = to_tensor([fitted])
    generator = torch.Generator().manual_seed(0)
    return model.encode_pixels(pixels, generator=generator).detach().cpu().float()


def mask_picture(mask: Tensor) -> Image.Image:
    """A mask as a picture, white where it is true."""
    flat = mask.reshape(mask.shape[-2:]).bool()
    return Image.fromarray((flat.numpy() * 255).astype("uint8"), mode="L")
