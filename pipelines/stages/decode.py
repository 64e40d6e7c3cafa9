"""Latents to pictures, one at a time, as A1111 truncates them."""

from __future__ import annotations

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from pipelines.errors import NansProduced
from pipelines.model import LoadedModel


def decode_latents(model: LoadedModel, latents: Tensor, *, nan_check: bool) -> list[Image.Image]:
    """(batch, C, h, w) latents -> RGB pictures of 8w x 8h. Raises NansProduced if the UNet failed."""
    if nan_check and bool(latents.flatten()[0].isnan()):
        raise NansProduced("the UNet produced NaN: the checkpoint may need --no-half")
    return [to_image(model.decode(latent[None])[0]) for latent in latents]


def to_image(pixels: Tensor) -> Image.Image:
    """(3, H, W) in [-1, 1] -> RGB; 255 * value is truncated, not rounded."""
    unit = ((pixels.float() + 1.0) / 2.0).clamp(0.0, 1.0).cpu()
    return Image.fromarray((255.0 * unit.permute(1, 2, 0).numpy()).astype(np.uint8))


def to_tensor(images: list[Image.Image]) -> Tensor:
    """RGB pictures of one size -> (batch, 3, H, W) in [0, 1], fp32."""
    arrays = [np.array(image.convert("RGB")).astype(np.float32) / 255.0 for image in images]
    return torch.from_numpy(np.stack(arrays).transpose(0, 3, 1, 2).copy())
