"""UniFormer under an UPerNet head: the class of every pixel, in ADE20K's colours.

Li et al. 2022, arXiv:2201.09450; Xiao et al. 2018, arXiv:1807.10221. The head is transformers'.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from torch import Tensor, nn
from transformers.models.upernet.configuration_upernet import UperNetConfig
from transformers.models.upernet.modeling_upernet import UperNetHead

from extensions.controlnet.maps.damage import readable
from extensions.controlnet.maps.detectors.fitting import fit
from extensions.controlnet.maps.detectors.imagenet import PIXEL_MEAN, PIXEL_SPREAD
from extensions.controlnet.maps.detectors.palettes import ade_palette
from extensions.controlnet.maps.detectors.uniformer import UniFormer, authors_name, sizes_of
from extensions.controlnet.maps.sliders import Run, Sliders, working_size
from extensions.controlnet.preprocessors.preprocessor import Preprocessor
from extensions.controlnet.units.pictures import Array
from pipelines.plugin import UnsupportedModel, read_tensors, strip_prefix, without_values

SHORTEST, LONGEST = 512, 2048
"""Edges of the network's input, as in mmsegmentation's tests on ADE20K."""
SMALLEST = 32
"""Shortest edge of the input; below it the last stage's features have no pixel."""
POOLED = (1, 2, 3, 6)
"""Sides of the grids that the head averages the last stage into."""


class Segmenter(nn.Module):
    """Pictures (b, 3, h, w), normalised -> scores of classes (b, classes, h, w)."""

    def __init__(self, backbone: UniFormer, head: nn.Module) -> None:
        super().__init__()
        self.backbone = backbone
        self.decode_head = head

    def forward(self, x: Tensor) -> Tensor:
        """Scores at the picture's own size."""
        return resized(self.decode_head(self.backbone(x)), x.shape[-2], x.shape[-1])


def load(preprocessor: Preprocessor, files: tuple[Path, ...], device: str) -> Run:
    """The network of a file. Raises CorruptFile, UnsupportedModel for one of more classes than colours."""
    (path,) = files
    network = load_file(path).to(device)
    palette = ade_palette()
    classes: int = network.get_parameter("decode_head.classifier.weight").shape[0]
    if classes > len(palette):
        text = f"{path.name} knows {classes} classes, {preprocessor.title} {len(palette)}"
        raise UnsupportedModel(text, field="module")

    def run(array: Array, parameters: Sliders) -> Array:
        padded, unpad = working_size(array[:, :, :3], parameters.resolution)
        return unpad(palette[class_map(network, padded)])

    return run


def load_file(path: Path) -> Segmenter:
    """mmsegmentation's file, in fp32 on the CPU; the head for training is not read. Raises CorruptFile."""
    tensors = read_tensors(path)
    with readable(path.name), without_values():
        network = _network({name: tuple(tensor.shape) for name, tensor in tensors.items()})
    fit(network, tensors, path.name, published_name)
    return network


def _network(shapes: Mapping[str, tuple[int, ...]]) -> Segmenter:
    sizes = sizes_of(strip_prefix(shapes, "backbone."))
    classes, width = shapes["decode_head.conv_seg.weight"][:2]
    options: dict[str, Any] = {"hidden_size": width, "num_labels": classes, "pool_scales": POOLED}
    return Segmenter(UniFormer(sizes), UperNetHead(UperNetConfig(**options), list(sizes.widths)))


def published_name(name: str) -> str:
    """A tensor of ``Segmenter`` under mmsegmentation's name for it."""
    if name.startswith("backbone."):
        return authors_name(name)
    return name.replace(".batch_norm.", ".bn.").replace(".classifier.", ".conv_seg.")


def class_map(network: nn.Module, picture: Array) -> np.ndarray[Any, np.dtype[np.int64]]:
    """(h, w): the class of every pixel."""
    height, width = picture.shape[:2]
    device = next(network.parameters()).device
    with torch.no_grad():
        scores: Tensor = network(network_input(picture).to(device))
    return resized(scores, height, width)[0].argmax(dim=0).cpu().numpy()


def network_input(picture: Array) -> Tensor:
    """(1, 3, h, w): RGB, normalised, the shorter edge at 512 unless the longer one is then above 2048."""
    height, width = picture.shape[:2]
    k = min(SHORTEST / min(height, width), LONGEST / max(height, width))
    size = (max(SMALLEST, int(width * k + 0.5)), max(SMALLEST, int(height * k + 0.5)))
    scaled = np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_LINEAR), np.float32)
    values = (scaled - np.array(PIXEL_MEAN, np.float32)) / np.array(PIXEL_SPREAD, np.float32)
    return torch.from_numpy(np.ascontiguousarray(values)).permute(2, 0, 1)[None]


def resized(scores: Tensor, height: int, width: int) -> Tensor:
    """(b, classes, height, width), bilinear."""
    return nn.functional.interpolate(scores, size=(height, width), mode="bilinear", align_corners=False)
