"""Pictures of latents without the VAE: a linear map, or a small network where its file is there."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from PIL import Image
from torch import Tensor

from pipelines.contract.errors import CorruptFile, MissingWeights
from pipelines.families.base import Family, Previews
from pipelines.previews.host_copy import HostCopy
from pipelines.previews.tiny_models import TinyModels


@dataclass(frozen=True, slots=True, kw_only=True)
class LatentPreviews:
    """Pictures on their way from the device. ``size``: width and height that they are to have."""

    pixels: HostCopy
    size: tuple[int, int]

    def images(self) -> list[Image.Image]:
        """RGB pictures; waits unless ``pixels`` are ready."""
        arrays = self.pixels.numbers().numpy()
        return [i.resize(self.size, Image.Resampling.BILINEAR) for i in map(Image.fromarray, arrays)]


def latent_previews(
    latents: Tensor, family: Family, *, method: str = "Approx cheap", models: TinyModels | None = None
) -> LatentPreviews:
    """(batch, C, h, w) of a family's latents -> RGB pictures of their size in pixels.

    ``method`` is a value of the option show_progress_type. A method whose file is missing, and ``Full``,
    which would delay the job, become the linear map.
    """
    pixels = (
        None if models is None else _by_network(latents.detach().float(), family.previews, method, models)
    )
    if pixels is None:
        pixels = _by_matrix(latents.detach().float(), family.previews.rgb)
    cell = family.latents.cell
    size = (latents.shape[-1] * cell, latents.shape[-2] * cell)
    bytes_ = (pixels.nan_to_num().clamp(0, 1) * 255).permute(0, 2, 3, 1).to(torch.uint8)
    return LatentPreviews(pixels=HostCopy(bytes_.contiguous()), size=size)


def _by_matrix(latents: Tensor, rows: tuple[tuple[float, float, float], ...]) -> Tensor:
    matrix = torch.tensor(rows, dtype=torch.float32, device=latents.device)
    return torch.einsum("bchw,cr->brhw", latents, matrix) * 0.5 + 0.5


def _by_network(latents: Tensor, shown: Previews, method: str, models: TinyModels) -> Tensor | None:
    """Pictures in [0, 1] of any size; None if this method has no network here."""
    try:
        with torch.inference_mode():
            if method == "Approx NN":
                return models.approx_nn(latents.device, shown)(latents) * 0.5 + 0.5
            if method == "TAESD":
                return models.decoder(latents.device, shown)(latents)
    except (MissingWeights, CorruptFile):
        return None
    return None
