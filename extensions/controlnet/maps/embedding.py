"""What preprocessors make of pictures that stand in place of words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from torch import Tensor

from extensions.controlnet.units.pictures import Array


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ImageEmbedding:
    """What CLIP sees in a picture, in fp32.

    ``pooled`` (1, P); ``hidden`` (1, T, W), the last layer but one; ``empty_hidden``: that of no picture;
    ``last`` (1, T, W), the last layer.
    """

    pooled: Tensor
    hidden: Tensor
    empty_hidden: Tensor
    last: Tensor


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FaceEmbedding:
    """Whose face it is, (1, 512) in fp32, and for FaceID Plus what CLIP sees in the picture."""

    identity: Tensor
    seen: ImageEmbedding | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PortraitEmbedding:
    """PuLID's two views of a face, in fp32.

    ``identity`` (1, 1280): 512 numbers of face recognition, then 768 of EVA-CLIP, normalised.
    ``features``: EVA-CLIP's hidden states after five of its layers, each (1, T, W). ``face`` (512, 512, 3):
    what EVA-CLIP saw, if that is known.
    """

    identity: Tensor
    features: tuple[Tensor, ...]
    face: Array | None = None


PictureEmbedding: TypeAlias = ImageEmbedding | FaceEmbedding | PortraitEmbedding
