"""Embeddings of random numbers, of every kind that adapters read."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from extensions.controlnet.image_prompts.layout import FEATURES
from extensions.controlnet.maps.embedding import (
    FaceEmbedding,
    ImageEmbedding,
    PictureEmbedding,
    PortraitEmbedding,
)
from tests.extensions.controlnet import ip_files


def embedding(kind: str, seed: int) -> PictureEmbedding:
    """One for an adapter of a kind in ``ip_files.SHAPES`` that looks at faces."""
    generator = torch.Generator().manual_seed(seed)

    def noise(*shape: int) -> Tensor:
        return torch.randn(shape, generator=generator)

    if kind == "pulid":
        features = tuple(noise(1, 17, ip_files.FEATURE) for _ in range(FEATURES))
        return PortraitEmbedding(identity=noise(1, ip_files.PORTRAIT), features=features)
    hidden, empty = noise(1, 17, ip_files.HIDDEN), noise(1, 17, ip_files.HIDDEN)
    seen = ImageEmbedding(pooled=noise(1, ip_files.POOLED), hidden=hidden, empty_hidden=empty, last=hidden)
    identity = F.normalize(noise(1, ip_files.FACE), dim=-1)
    return FaceEmbedding(identity=identity, seen=seen if "plus" in kind else None)
