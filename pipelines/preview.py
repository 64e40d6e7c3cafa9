"""Cheap pictures of latents: a linear map from channels to colours."""

from __future__ import annotations

import numpy as np
import torch
from PIL import Image
from torch import Tensor

SD = (
    (0.298, 0.207, 0.208),
    (0.187, 0.286, 0.173),
    (-0.158, 0.189, 0.264),
    (-0.184, -0.271, -0.473),
)
"""RGB per latent channel of SD 1.x and 2.x."""

SDXL = (
    (0.3448, 0.4168, 0.4395),
    (-0.1953, -0.0290, 0.0250),
    (0.1074, 0.0886, -0.0163),
    (-0.3730, -0.2499, -0.2088),
)
"""RGB per latent channel of SDXL."""


def latent_previews(latents: Tensor, *, sdxl: bool = False) -> list[Image.Image]:
    """(batch, 4, h, w) -> RGB pictures of w x h pixels, enlarged eight times."""
    matrix = torch.tensor(SDXL if sdxl else SD, dtype=torch.float32)
    colors = torch.einsum("bchw,cr->bhwr", latents.detach().float().cpu(), matrix)
    pixels = ((colors * 0.5 + 0.5).nan_to_num().clamp(0, 1) * 255).numpy().astype(np.uint8)
    return [
        image.resize((image.width * 8, image.height * 8), Image.Resampling.BILINEAR)
        for image in map(Image.fromarray, pixels)
    ]
