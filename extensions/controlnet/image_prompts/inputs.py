"""What an adapter's projection looks at in an embedding, and what stands for no picture."""

from __future__ import annotations

from typing import TypeAlias

import torch
from torch import Tensor

from extensions.controlnet.image_prompts.layout import AdapterLayout, Projector
from extensions.controlnet.maps.embedding import (
    FaceEmbedding,
    ImageEmbedding,
    PictureEmbedding,
    PortraitEmbedding,
)

Inputs: TypeAlias = tuple[Tensor, ...]


def inputs(layout: AdapterLayout, embedding: PictureEmbedding) -> Inputs | None:
    """What the projection is called with for the prompt's rows; None for an embedding of another kind."""
    match layout.projector, embedding:
        case Projector.LINEAR, ImageEmbedding():
            return (embedding.pooled,)
        case ((Projector.RESAMPLER | Projector.MLP), ImageEmbedding()):
            return (embedding.hidden,)
        case Projector.FACE, FaceEmbedding():
            return (embedding.identity,)
        case Projector.IDENTITY, FaceEmbedding():
            return (embedding.identity[:, None],)
        case Projector.FACE_PLUS, FaceEmbedding(seen=ImageEmbedding() as seen):
            return embedding.identity, seen.hidden
        case Projector.PORTRAIT, PortraitEmbedding():
            return embedding.identity, *embedding.features
        case _:
            return None


def no_picture(layout: AdapterLayout, embedding: PictureEmbedding) -> Inputs:
    """The same for the negative prompt's rows: zeros, or what CLIP sees in no picture."""
    nothing = tuple(torch.zeros_like(values) for values in inputs(layout, embedding) or ())
    match layout.projector, embedding:
        case ((Projector.RESAMPLER | Projector.MLP), ImageEmbedding()):
            return (embedding.empty_hidden,)
        case Projector.FACE_PLUS, FaceEmbedding(seen=ImageEmbedding() as seen):
            return nothing[0], seen.empty_hidden
        case _:
            return nothing
