"""Embeddings of pictures that stand in place of words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from torch import Tensor

from extensions.controlnet.units.pictures import Array


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ImageEmbedding:
    """CLIP's embedding of a picture, in fp32.

    ``pooled`` (1, P); ``hidden`` (1, T, W), the last layer but one; ``empty_hidden``: that of an empty
    picture; ``last`` (1, T, W), the last layer.
    """

    pooled: Tensor
    hidden: Tensor
    empty_hidden: Tensor
    last: Tensor


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FaceEmbedding:
    """The identity of a face, (1, 512) in fp32, and for FaceID Plus CLIP's embedding of the picture."""

    identity: Tensor
    seen: ImageEmbedding | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PortraitEmbedding:
    """PuLID's two views of a face, in fp32.

    ``identity`` (1, 1280): 512 numbers of face recognition, then 768 of EVA-CLIP, normalised.
    ``features``: EVA-CLIP's hidden states after five of its layers, each (1, T, W). ``face`` (512, 512, 3):
    the picture that EVA-CLIP embedded, None in embeddings that a client sent.
    """

    identity: Tensor
    features: tuple[Tensor, ...]
    face: Array | None = None


PictureEmbedding: TypeAlias = ImageEmbedding | FaceEmbedding | PortraitEmbedding
