"""Pictures as the input of networks that were trained on ImageNet."""

from __future__ import annotations

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from pipelines.catalog.mask_models import IMAGENET_MEAN, IMAGENET_SPREAD


def normalised(picture: Image.Image) -> Tensor:
    """Return (1, 3, height, width) of an RGB picture, less ImageNet's mean, over its spread."""
    pixels = np.asarray(picture, dtype=np.float32) / 255
    values = (pixels - np.array(IMAGENET_MEAN, np.float32)) / np.array(IMAGENET_SPREAD, np.float32)
    return torch.from_numpy(np.ascontiguousarray(values.transpose(2, 0, 1)[None]))
