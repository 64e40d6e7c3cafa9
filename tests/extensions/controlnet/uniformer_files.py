"""A small file in the layout of ``upernet_global_small.pth``, of tensors that never change."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch import Tensor

FILE = "upernet_global_small.pth"
WIDTHS, DEPTHS, RATIO, CHANNELS = (8, 12, 128, 16), (1, 2, 2, 1), 2, 8
"""The third stage has two heads."""
Shapes = dict[str, tuple[int, ...]]


def backbone_shapes() -> Shapes:
    """The authors' names, written down stage by stage."""
    shapes: Shapes = {}
    inputs = 3
    for number, (width, depth) in enumerate(zip(WIDTHS, DEPTHS, strict=True), 1):
        side = 4 if number == 1 else 2
        hidden = width * RATIO
        _layer(shapes, f"patch_embed{number}.proj", width, inputs, side, side)
        _layer(shapes, f"patch_embed{number}.norm", width)
        _layer(shapes, f"norm{number}", width)
        for index in range(depth):
            block = f"blocks{number}.{index}"
            _layer(shapes, f"{block}.pos_embed", width, 1, 3, 3)
            if number <= 2:
                _batch_norm(shapes, f"{block}.norm1", width)
                _batch_norm(shapes, f"{block}.norm2", width)
                _layer(shapes, f"{block}.conv1", width, width, 1, 1)
                _layer(shapes, f"{block}.conv2", width, width, 1, 1)
                _layer(shapes, f"{block}.attn", width, 1, 5, 5)
                _layer(shapes, f"{block}.mlp.fc1", hidden, width, 1, 1)
                _layer(shapes, f"{block}.mlp.fc2", width, hidden, 1, 1)
            else:
                _layer(shapes, f"{block}.norm1", width)
                _layer(shapes, f"{block}.norm2", width)
                _layer(shapes, f"{block}.attn.qkv", 3 * width, width)
                _layer(shapes, f"{block}.attn.proj", width, width)
                _layer(shapes, f"{block}.mlp.fc1", hidden, width)
                _layer(shapes, f"{block}.mlp.fc2", width, hidden)
        inputs = width
    return shapes


def head_shapes(classes: int = 150) -> Shapes:
    """mmsegmentation's names of an UPerNet head."""
    shapes: Shapes = {}
    _layer(shapes, "conv_seg", classes, CHANNELS, 1, 1)
    for index in range(4):
        _convolution(shapes, f"psp_modules.{index}.1", WIDTHS[3], 1)
    _convolution(shapes, "bottleneck", WIDTHS[3] + 4 * CHANNELS, 3)
    for index in range(3):
        _convolution(shapes, f"lateral_convs.{index}", WIDTHS[index], 1)
        _convolution(shapes, f"fpn_convs.{index}", CHANNELS, 3)
    _convolution(shapes, "fpn_bottleneck", 4 * CHANNELS, 3)
    return shapes


def published_shapes(classes: int = 150) -> Shapes:
    """Every tensor that is read."""
    backbone = {f"backbone.{name}": shape for name, shape in backbone_shapes().items()}
    return backbone | {f"decode_head.{name}": shape for name, shape in head_shapes(classes).items()}


def published_tensors(classes: int = 150) -> dict[str, Tensor]:
    """Numbers of a frozen stream, in the order of names; variances are positive."""
    random = np.random.RandomState(7)
    tensors: dict[str, Tensor] = {}
    for name, shape in sorted(published_shapes(classes).items()):
        fan = int(np.prod(shape[1:])) if len(shape) > 1 else 25
        values = torch.from_numpy(random.standard_normal(shape) / np.sqrt(fan)).float()
        if name.endswith("running_var"):
            values = values.abs() + 0.5
        elif "norm" in name.split(".")[-2] or ".bn." in name:
            values = values + (1.0 if name.endswith("weight") else 0.0)
        tensors[name] = values
    return tensors


def write(folder: Path, tensors: dict[str, Tensor]) -> Path:
    """A checkpoint as mmsegmentation saves it: beside the network its training head, counters and notes."""
    counters = {
        name.replace("running_var", "num_batches_tracked"): torch.tensor(9)
        for name in tensors
        if name.endswith("running_var")
    }
    training = {"auxiliary_head.conv_seg.weight": torch.zeros(150, 4, 1, 1)}
    path = folder / FILE
    torch.save({"meta": {"epoch": 1}, "state_dict": {**tensors, **counters, **training}}, path)
    return path


def _layer(shapes: Shapes, name: str, *shape: int) -> None:
    shapes[f"{name}.weight"] = shape
    shapes[f"{name}.bias"] = shape[:1]


def _batch_norm(shapes: Shapes, name: str, width: int) -> None:
    for kind in ("weight", "bias", "running_mean", "running_var"):
        shapes[f"{name}.{kind}"] = (width,)


def _convolution(shapes: Shapes, name: str, inputs: int, side: int) -> None:
    shapes[f"{name}.conv.weight"] = (CHANNELS, inputs, side, side)
    _batch_norm(shapes, f"{name}.bn", CHANNELS)


def numbers() -> Tensor:
    """A picture of random numbers, (1, 3, 96, 136)."""
    return torch.from_numpy(np.random.RandomState(3).standard_normal((1, 3, 96, 136))).float()
