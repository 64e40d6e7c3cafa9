"""Pictures of latents without the VAE: a linear map, or a small network where its file is there."""

from __future__ import annotations

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from pipelines.contract.errors import CorruptFile, MissingWeights
from pipelines.previews.tiny_models import TinyModels

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


def latent_previews(
    latents: Tensor, *, sdxl: bool = False, method: str = "Approx cheap", models: TinyModels | None = None
) -> list[Image.Image]:
    """(batch, 4, h, w) -> RGB pictures of 8w x 8h pixels.

    ``method`` is a value of the option show_progress_type. What needs a file that is missing, and
    ``Full``, which would hold up the job, become the linear map.
    """
    pixels = None if models is None else _by_network(latents.detach().float(), method, models, sdxl)
    if pixels is None:
        pixels = _by_matrix(latents.detach().float(), SDXL if sdxl else SD)
    size = (latents.shape[-1] * 8, latents.shape[-2] * 8)
    bytes_ = (pixels.nan_to_num().clamp(0, 1) * 255).permute(0, 2, 3, 1).cpu().numpy().astype(np.uint8)
    return [image.resize(size, Image.Resampling.BILINEAR) for image in map(Image.fromarray, bytes_)]


def _by_matrix(latents: Tensor, rows: tuple[tuple[float, float, float], ...]) -> Tensor:
    matrix = torch.tensor(rows, dtype=torch.float32, device=latents.device)
    return torch.einsum("bchw,cr->brhw", latents, matrix) * 0.5 + 0.5


def _by_network(latents: Tensor, method: str, models: TinyModels, sdxl: bool) -> Tensor | None:
    """Pictures in [0, 1] of any size; None if this method has no network here."""
    try:
        with torch.inference_mode():
            if method == "Approx NN":
                return models.approx_nn(latents.device, sdxl=sdxl)(latents) * 0.5 + 0.5
            if method == "TAESD":
                return models.decoder(latents.device, sdxl=sdxl)(latents)
    except (MissingWeights, CorruptFile):
        return None
    return None
