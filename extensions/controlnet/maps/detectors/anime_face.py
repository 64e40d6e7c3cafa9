"""Parts of a drawn face: background, hair, eyes, mouth, face, skin and clothes, by a small U-Net.

Its way down is torchvision's MobileNetV2 (Sandler et al. 2018, arXiv:1801.04381). The network and its file
are siyeong's Anime-Face-Segmentation (2023).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn
from torchvision.models import mobilenet_v2

from extensions.controlnet.maps.detectors.fitting import fit
from extensions.controlnet.maps.sliders import Run, Sliders, working_size
from extensions.controlnet.preprocessors.preprocessor import Preprocessor
from extensions.controlnet.units.pictures import Array
from pipelines.plugin import read_tensors, without_values

SIDE = 512
"""The shorter edge of the network's input, and that of its map."""
CELL = 32
"""Edges of the network's input are multiples of it."""
ENCODER = ((0, 2), (2, 4), (4, 7), (7, 14), (14, 17))
"""First and end layer of MobileNetV2 for each step of the way down; every step halves the edges."""
WIDTHS = (16, 24, 32, 96, 160)
SLOPE = 0.1
PALETTE: Array = np.array(
    [
        (255, 255, 0),  # background
        (0, 0, 255),  # hair
        (255, 0, 0),  # eyes
        (255, 255, 255),  # mouth
        (0, 255, 0),  # face
        (0, 255, 255),  # skin
        (255, 0, 255),  # clothes
    ],
    np.uint8,
)
"""A colour for every class."""


class FaceParts(nn.Module):
    """RGB (b, 3, h, w) in 0..1, not normalised, edges multiples of 32 -> scores (b, 7, h, w)."""

    def __init__(self) -> None:
        super().__init__()
        features = list(mobilenet_v2(weights=None).features)
        for step, (first, end) in enumerate(ENCODER):
            self.add_module(f"en_block{step}", nn.Sequential(*features[first:end]))
            # a step up reads the step below it, and the features of that size from the way down
            below = WIDTHS[step] if step == len(ENCODER) - 1 else 2 * WIDTHS[step]
            self.add_module(f"de_block{step}", _up(below, WIDTHS[step - 1]) if step else _last(below))

    def forward(self, x: Tensor) -> Tensor:
        """Scores before the softmax, which changes no order."""
        made: list[Tensor] = []
        for step in range(len(ENCODER)):
            x = self.get_submodule(f"en_block{step}")(x)
            made.append(x)
        for step in reversed(range(1, len(ENCODER))):
            x = torch.cat([self.get_submodule(f"de_block{step}")(x), made[step - 1]], dim=1)
        return self.get_submodule("de_block0")(x)


def _up(inputs: int, width: int) -> nn.Sequential:
    return nn.Sequential(
        nn.UpsamplingNearest2d(scale_factor=2),
        nn.Conv2d(inputs, width, 3, padding=1),
        nn.InstanceNorm2d(width),
        nn.LeakyReLU(SLOPE),
    )


def _last(inputs: int) -> nn.Sequential:
    return nn.Sequential(
        nn.UpsamplingNearest2d(scale_factor=2), nn.Conv2d(inputs, len(PALETTE), 3, padding=1)
    )


def load_file(path: Path) -> FaceParts:
    """The network of the author's file, in fp32 on the CPU. Raises CorruptFile."""
    tensors = read_tensors(path)
    with without_values():
        network = FaceParts()
    fit(network, tensors, path.name)
    return network


def load(preprocessor: Preprocessor, files: tuple[Path, ...], device: str) -> Run:
    """The network of a file. Raises CorruptFile."""
    (path,) = files
    network = load_file(path).to(device)

    def run(array: Array, parameters: Sliders) -> Array:
        padded, unpad = working_size(array[:, :, :3], parameters.resolution)
        # as in the original the map's shorter edge stays 512, so that it only fits at resolution 512
        return unpad(PALETTE[class_map(network, padded)])

    return run


def class_map(network: nn.Module, picture: Array) -> np.ndarray[Any, np.dtype[np.int64]]:
    """(h, w): the class of every pixel of an RGB picture, scaled so that the shorter edge is 512."""
    height, width = picture.shape[:2]
    shorter = min(height, width)
    size = (SIDE * width // shorter, SIDE * height // shorter)
    scaled = np.asarray(Image.fromarray(picture).resize(size, Image.Resampling.BILINEAR), np.float32)
    values = torch.from_numpy(scaled / np.float32(255)).permute(2, 0, 1)[None]
    padded = nn.functional.pad(values, (0, -size[0] % CELL, 0, -size[1] % CELL), mode="replicate")
    device = next(network.parameters()).device
    with torch.no_grad():
        scores: Tensor = network(padded.to(device))
    return scores[0, :, : size[1], : size[0]].argmax(dim=0).cpu().numpy()
