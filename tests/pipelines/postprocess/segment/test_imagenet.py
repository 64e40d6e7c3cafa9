"""Pictures as the input of networks of ImageNet."""

from __future__ import annotations

import torch
from PIL import Image

from pipelines.catalog.mask_models import IMAGENET_MEAN, IMAGENET_SPREAD
from pipelines.postprocess.segment.imagenet import normalised


def test_the_mean_colour_is_nothing() -> None:
    grey = tuple(round(255 * value) for value in IMAGENET_MEAN)
    values = normalised(Image.new("RGB", (4, 3), grey))
    assert values.shape == (1, 3, 3, 4)
    assert values.abs().max() < 0.02
    white = normalised(Image.new("RGB", (1, 1), "white")).flatten()
    shares = [(1 - mean) / by for mean, by in zip(IMAGENET_MEAN, IMAGENET_SPREAD, strict=True)]
    assert torch.allclose(white, torch.tensor(shares))
