"""Encode the prompts of training pictures, by the same encoders as for generations."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from pipelines.contract.errors import UnsupportedModel
from pipelines.contract.options import GenerationOptions
from pipelines.families.model import LoadedModel
from pipelines.families.text import PictureSize
from pipelines.text.encoding.encode import encode_prompts
from pipelines.text.encoding.encoded import TextConditioner


def encode_texts(
    texts: Sequence[str], conditioner: TextConditioner, options: GenerationOptions, size: PictureSize
) -> tuple[Tensor, Tensor | None]:
    """Encode a batch to its context (B, tokens, width) and, of families that have one, vector (B, width)."""
    rows = encode_prompts(texts, conditioner, options, size).rows
    vectors = [row.vector for row in rows if row.vector is not None]
    return torch.stack([row.context for row in rows]), torch.stack(vectors) if vectors else None


def require_plain_text(model: LoadedModel, what: str) -> None:
    """Raise UnsupportedModel for checkpoints with more than one text encoder."""
    if len(model.text_encoders) != 1 or model.family.text.vector is not None:
        text = f"{what} can be trained with SD1 and SD2 checkpoints; {model.name} is {model.family.title}"
        raise UnsupportedModel(text, field="checkpoint")


class GreyPicture:
    """The condition of an inpainting network without a picture to inpaint: grey, all of it masked.

    It is encoded at the first batch of its size, which draws once, as in A1111.
    """

    def __init__(self, model: LoadedModel) -> None:
        self._model = model
        self._known: dict[torch.Size, Tensor] = {}

    def told(self, latents: Tensor, generator: torch.Generator) -> Tensor | None:
        """Return (B, 1 + C, h, w) for latents (B, C, h, w), None if plain. Raises UnsupportedModel."""
        if self._model.conditioning == "none":
            return None
        if self._model.conditioning != "inpaint":
            text = f"{self._model.name} edits pictures: nothing can be trained with it here"
            raise UnsupportedModel(text, field="checkpoint")
        size = latents.shape[-2:]
        if size not in self._known:
            height, width = (side * self._model.latents.cell for side in size)
            grey = torch.full((1, 3, height, width), 0.5)
            with torch.no_grad():
                latent = self._model.encode_pixels(grey, generator=generator)
            self._known[size] = torch.cat([torch.ones_like(latent[:, :1]), latent], dim=1)
        return self._known[size].expand(len(latents), -1, -1, -1)
