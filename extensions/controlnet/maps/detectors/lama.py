"""LaMa: fill the masked part of a picture before it is repainted.

Suvorov et al. 2021, arXiv:2109.07161; the network is spandrel's.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import cv2
import numpy as np
import torch
from torch import Tensor

from extensions.controlnet.maps.damage import readable
from extensions.controlnet.maps.sliders import Run, Sliders, working_size
from extensions.controlnet.preprocessors.preprocessor import Preprocessor
from extensions.controlnet.units.pictures import Array
from pipelines.plugin import UnsupportedModel, read_tensors

SIDE = 256
"""The shorter edge of the network's input."""
PREFIX = "generator."
Fill: TypeAlias = Callable[[Tensor, Tensor], Tensor]
"""Picture (1, 3, h, w) in 0..1 and mask (1, 1, h, w) of zeros and ones -> filled picture."""


def load(preprocessor: Preprocessor, files: tuple[Path, ...], device: str) -> Run:
    """Load the generator of a file; other tensors, left by training, are not read. Raises CorruptFile."""
    network = load_lama(files[0], device)

    def run(array: Array, parameters: Sliders) -> Array:
        return filled(network, array)

    return run


def load_lama(path: Path, device: str) -> Fill:
    """LaMa on a device. Raises CorruptFile, UnsupportedModel."""
    import spandrel

    tensors = read_tensors(path)
    own = {name: t for name, t in tensors.items() if name.startswith(PREFIX)} or tensors
    try:
        with readable(path.name):
            descriptor: Any = spandrel.ModelLoader(device=device).load_from_state_dict(own)
    except spandrel.UnsupportedModelError as error:
        raise UnsupportedModel(f"{path.name} is no LaMa network", field="module") from error
    if str(descriptor.architecture.id) != "LaMa":
        raise UnsupportedModel(f"{path.name} is no LaMa network", field="module")
    descriptor.eval()

    def fill(picture: Tensor, mask: Tensor) -> Tensor:
        made: Tensor = descriptor.model(picture.to(descriptor.device), mask.to(descriptor.device))
        return made.float().cpu()

    return fill


def filled(network: Fill, array: Array) -> Array:
    """The picture (h, w, 4) with its masked part filled, and the same mask."""
    height, width = array.shape[:2]
    padded, unpad = working_size(array, SIDE)
    values = torch.from_numpy(padded.astype(np.float32) / 255.0).permute(2, 0, 1)[None]
    with torch.no_grad():
        made = network(values[:, :3], (values[:, 3:4] > 0.5).to(values.dtype))[0].clamp(0, 1)
    small = unpad((made.permute(1, 2, 0).numpy() * 255.0).astype(np.uint8))
    large = np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC), np.float32)
    share = array[:, :, 3:4].astype(np.float32) / 255.0
    mixed = share * large + (1.0 - share) * array[:, :, :3].astype(np.float32)
    return np.dstack([mixed.clip(0, 255).astype(np.uint8), array[:, :, 3]])
