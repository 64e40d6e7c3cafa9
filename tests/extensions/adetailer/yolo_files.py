"""Detector files of the YOLOv8 and YOLO11 layouts: of random weights, or made to find red things."""

from __future__ import annotations

import sys
from collections import OrderedDict
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import torch
from safetensors.torch import save_file
from torch import Tensor, nn

WIDTHS = (8, 8, 8, 16, 16)
"""Channels at the five scales."""
BINS = 16
Tensors = dict[str, Tensor]


class TensorTable:
    """Collects tensors under names, as the layers of a network are written down."""

    def __init__(self, *, folded: bool = False) -> None:
        self.tensors: Tensors = {}
        self.folded = folded
        self.random = torch.Generator().manual_seed(0)

    def conv(self, name: str, inputs: int, outputs: int, kernel: int = 1, groups: int = 1) -> None:
        """A convolution with its norm."""
        self.tensors[f"{name}.conv.weight"] = self._random(outputs, inputs // groups, kernel, kernel)
        if self.folded:
            self.tensors[f"{name}.conv.bias"] = torch.zeros(outputs)
            return
        for part, value in (("weight", 1.0), ("bias", 0.0), ("running_mean", 0.0), ("running_var", 1.0)):
            self.tensors[f"{name}.bn.{part}"] = torch.full((outputs,), value)
        self.tensors[f"{name}.bn.num_batches_tracked"] = torch.tensor(1)

    def plain(self, name: str, inputs: int, outputs: int) -> None:
        """The last convolution of a branch."""
        self.tensors[f"{name}.weight"] = self._random(outputs, inputs, 1, 1)
        self.tensors[f"{name}.bias"] = torch.zeros(outputs)

    def split(self, name: str, inputs: int, outputs: int, blocks: int = 1, *, staged: bool = False) -> None:
        """A C2f block, or a C3k2 block of which each part is a stage of its own."""
        half = outputs // 2
        self.conv(f"{name}.cv1", inputs, outputs)
        self.conv(f"{name}.cv2", (2 + blocks) * half, outputs)
        for block in range(blocks):
            self._stage(f"{name}.m.{block}", half) if staged else self._pair(f"{name}.m.{block}", half)

    def _stage(self, name: str, channels: int) -> None:
        inner = channels // 2
        for part, inputs, outputs in (("cv1", channels, inner), ("cv2", channels, inner)):
            self.conv(f"{name}.{part}", inputs, outputs)
        self.conv(f"{name}.cv3", 2 * inner, channels)
        for number in range(2):
            self._pair(f"{name}.m.{number}", inner)

    def _pair(self, name: str, channels: int) -> None:
        self.conv(f"{name}.cv1", channels, channels, 3)
        self.conv(f"{name}.cv2", channels, channels, 3)

    def pool(self, name: str, channels: int) -> None:
        self.conv(f"{name}.cv1", channels, channels // 2)
        self.conv(f"{name}.cv2", 2 * channels, channels)

    def attention(self, name: str, channels: int) -> None:
        half = channels // 2
        self.conv(f"{name}.cv1", channels, channels)
        self.conv(f"{name}.cv2", channels, channels)
        self.conv(f"{name}.m.0.attn.qkv", half, 2 * half)
        self.conv(f"{name}.m.0.attn.proj", half, half)
        self.conv(f"{name}.m.0.attn.pe", half, half, 3, groups=half)
        self.conv(f"{name}.m.0.ffn.0", half, 2 * half)
        self.conv(f"{name}.m.0.ffn.1", 2 * half, half)

    def head(self, name: str, inputs: tuple[int, ...], classes: int, *, thin: bool, outlines: bool) -> None:
        for level, channels in enumerate(inputs):
            self.conv(f"{name}.cv2.{level}.0", channels, 8, 3)
            self.conv(f"{name}.cv2.{level}.1", 8, 8, 3)
            self.plain(f"{name}.cv2.{level}.2", 8, 4 * BINS)
            if thin:
                self.conv(f"{name}.cv3.{level}.0.0", channels, channels, 3, groups=channels)
                self.conv(f"{name}.cv3.{level}.0.1", channels, 8)
                self.conv(f"{name}.cv3.{level}.1.0", 8, 8, 3, groups=8)
                self.conv(f"{name}.cv3.{level}.1.1", 8, 8)
            else:
                self.conv(f"{name}.cv3.{level}.0", channels, 8, 3)
                self.conv(f"{name}.cv3.{level}.1", 8, 8, 3)
            self.plain(f"{name}.cv3.{level}.2", 8, classes)
            if outlines:
                self.conv(f"{name}.cv4.{level}.0", channels, 8, 3)
                self.conv(f"{name}.cv4.{level}.1", 8, 8, 3)
                self.plain(f"{name}.cv4.{level}.2", 8, 4)
        self.tensors[f"{name}.dfl.conv.weight"] = torch.arange(BINS).view(1, BINS, 1, 1).float()
        if outlines:
            self.conv(f"{name}.proto.cv1", inputs[0], 8, 3)
            self.tensors[f"{name}.proto.upsample.weight"] = self._random(8, 8, 2, 2)
            self.tensors[f"{name}.proto.upsample.bias"] = torch.zeros(8)
            self.conv(f"{name}.proto.cv2", 8, 8, 3)
            self.conv(f"{name}.proto.cv3", 8, 4)

    def _random(self, *shape: int) -> Tensor:
        return torch.randn(shape, generator=self.random) * 0.1


def yolo8(*, classes: int = 1, outlines: bool = False, folded: bool = False) -> Tensors:
    """The tensors of a small YOLOv8."""
    table, (a, b, c, d, e) = TensorTable(folded=folded), WIDTHS
    for number, inputs, outputs in ((0, 3, a), (1, a, b), (3, b, c), (5, c, d), (7, d, e)):
        table.conv(f"model.{number}", inputs, outputs, 3)
    for number, inputs, outputs in (
        (2, b, b),
        (4, c, c),
        (6, d, d),
        (8, e, e),
        (12, e + d, d),
        (15, d + c, c),
    ):
        table.split(f"model.{number}", inputs, outputs)
    table.pool("model.9", e)
    table.conv("model.16", c, c, 3)
    table.split("model.18", c + d, d)
    table.conv("model.19", d, d, 3)
    table.split("model.21", d + e, e)
    table.head("model.22", (c, d, e), classes, thin=False, outlines=outlines)
    return table.tensors


def yolo11(*, classes: int = 1, outlines: bool = False) -> Tensors:
    """The tensors of a small YOLO11."""
    table, (a, b, c, d, e) = TensorTable(), WIDTHS
    for number, inputs, outputs in ((0, 3, a), (1, a, b), (3, c, c), (5, c, d), (7, d, e)):
        table.conv(f"model.{number}", inputs, outputs, 3)
    for number, inputs, outputs in ((2, b, c), (4, c, c), (13, e + d, d), (16, d + c, c)):
        table.split(f"model.{number}", inputs, outputs)
    for number, inputs, outputs in ((6, d, d), (8, e, e)):
        table.split(f"model.{number}", inputs, outputs, staged=True)
    table.pool("model.9", e)
    table.attention("model.10", e)
    table.conv("model.17", c, c, 3)
    table.split("model.19", c + d, d)
    table.conv("model.20", d, d, 3)
    table.split("model.22", d + e, e, staged=True)
    table.head("model.23", (c, d, e), classes, thin=True, outlines=outlines)
    return table.tensors


def red_finder(reach: int = 3) -> Tensors:
    """A YOLOv8 that sees redness alone: boxes of ``2 * reach`` cells of 16 pixels about where all is red.

    One channel carries how red the picture is, averaged from layer to layer; the network's middle scale
    reads it, the two others are never sure.
    """
    tensors = {name: torch.zeros_like(tensor) for name, tensor in yolo8(folded=True).items()}
    for name, tensor in tensors.items():
        if name.endswith("conv.weight") and tensor.shape[1] > 1:
            size = tensor.shape[-1]
            tensor[0, 0] = 1.0 / size**2
    first = tensors["model.0.conv.weight"]
    first[0, 0], first[0, 1], first[0, 2] = 100 / 9, -100 / 9, -100 / 9
    _read_own_scale(tensors)
    tensors["model.22.dfl.conv.weight"] = torch.arange(BINS).view(1, BINS, 1, 1).float()
    for level in range(3):
        bias = tensors[f"model.22.cv2.{level}.2.bias"].view(4, BINS)
        bias.fill_(-30.0)
        bias[:, reach] = 0.0
        tensors[f"model.22.cv3.{level}.2.bias"].fill_(-30.0)
    tensors["model.22.cv3.1.2.weight"][0, 0] = 0.8
    return tensors


def _read_own_scale(tensors: Tensors) -> None:
    """Layer 12 reads layer 6 and not what was doubled, and layer 18 reads layer 12."""
    for name, before in (("model.12.cv1.conv.weight", WIDTHS[4]), ("model.18.cv1.conv.weight", WIDTHS[2])):
        tensors[name][0, 0] = 0.0
        tensors[name][0, before] = 1.0


def save_plain(tensors: Tensors, path: Path) -> Path:
    """Write tensors as a file of safetensors."""
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file({name: tensor.clone() for name, tensor in tensors.items()}, path)
    return path


def save_module(tensors: Tensors, path: Path, **more: Any) -> Path:
    """Write tensors as the original tools do: as a module of a class that isn't here."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with _foreign_class() as kind:
        root = _tree(tensors, kind)
        torch.save({"epoch": -1, "model": root, "ema": None, **more}, path)
    return path


@contextmanager
def _foreign_class() -> Generator[type[nn.Module]]:
    """A module class that can be named while a file is written, and nowhere afterwards."""
    name = "ultralytics_like.nn.tasks"
    kind = type("DetectionModel", (nn.Module,), {"__module__": name})
    modules = {"ultralytics_like": ModuleType("ultralytics_like")}
    modules |= {part: ModuleType(part) for part in ("ultralytics_like.nn", name)}
    modules[name].DetectionModel = kind  # type: ignore[attr-defined]
    sys.modules.update(modules)
    try:
        yield kind
    finally:
        for part in modules:
            del sys.modules[part]


def _tree(tensors: Tensors, kind: type[nn.Module]) -> nn.Module:
    """Nest modules by the parts of the names, with halves in place of floats."""
    root = kind()
    for name, tensor in tensors.items():
        *folders, leaf = name.split(".")
        place = root
        for folder in folders:
            inner: OrderedDict[str, nn.Module] = place._modules  # pyright: ignore[reportPrivateUsage, reportAssignmentType]
            if folder not in inner:
                place.add_module(folder, kind())
            place = inner[folder]
        place.register_buffer(leaf, tensor.half() if tensor.is_floating_point() else tensor)
    return root
