"""The inputs of an adapter's projection: parts of an embedding, or of that of an empty picture."""

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
    """The projection's inputs for the prompt's rows; None for an embedding of another kind."""
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
    """The inputs for the negative prompt's rows: zeros, or CLIP's hidden states of an empty picture."""
    nothing = tuple(torch.zeros_like(values) for values in inputs(layout, embedding) or ())
    match layout.projector, embedding:
        case ((Projector.RESAMPLER | Projector.MLP), ImageEmbedding()):
            return (embedding.empty_hidden,)
        case Projector.FACE_PLUS, FaceEmbedding(seen=ImageEmbedding() as seen):
            return nothing[0], seen.empty_hidden
        case _:
            return nothing
