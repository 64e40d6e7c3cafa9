"""Manga lines: the drawn lines of a picture, without screentones and textures.

Li, Liu, Wong 2017, "Deep Extraction of Manga Structural Lines", doi:10.1145/3072959.3073675.
The network draws black lines on white; the map is turned round, white lines on black.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor, nn

from extensions.controlnet.maps.damage import readable
from extensions.controlnet.maps.detectors.fitting import fit
from extensions.controlnet.maps.sliders import Run, Sliders, grey, working_size
from extensions.controlnet.preprocessors.preprocessor import Preprocessor
from extensions.controlnet.units.pictures import Array
from pipelines.plugin import read_tensors, without_values

STAGES = 10
"""One at full size, four that halve, four that double, one at full size."""
HALVING, DOUBLING = range(1, 5), range(5, 9)
EPSILON, SLOPE = 1e-3, 0.2

_LAYER = re.compile(r"stages\.(\d)\.(\d+)\.(conv1|residual|shortcut)\.")


@dataclass(frozen=True, slots=True, kw_only=True)
class StageSize:
    """Channels that a stage reads, channels that it makes, and its blocks."""

    inputs: int
    width: int
    depth: int


class MangaLines(nn.Module):
    """Grey pictures (b, 1, h, w) in 0..255, edges multiples of 16 -> the same, lines black, about 0..255."""

    def __init__(self, sizes: tuple[StageSize, ...]) -> None:
        super().__init__()
        self.stages = nn.ModuleList(_stage(size, index) for index, size in enumerate(sizes))
        self.conv15 = _layer(sizes[-1].width, 1, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Add the features of every size on the way down to those on the way up."""
        stages = list(self.stages)
        made: list[Tensor] = []
        for stage in stages[: DOUBLING.start]:
            x = stage(x)
            made.append(x)
        for stage, same_size in zip(stages[DOUBLING.start : DOUBLING.stop], made[-2::-1], strict=True):
            x = stage(x) + same_size
        return self.conv15(stages[-1](x))


class LineBlock(nn.Module):
    """Two convolutions, and a shortcut past them; ``stride`` 2 halves the edges, ``doubles`` doubles them."""

    def __init__(self, inputs: int, width: int, *, stride: int = 1, doubles: bool = False) -> None:
        super().__init__()
        self.conv1 = _layer(inputs, width, 3, stride)
        self.residual = _layer(width, width, 3)
        same = inputs == width and stride == 1 and not doubles
        self.shortcut = nn.Sequential() if same else nn.Sequential(nn.Conv2d(inputs, width, 1, stride))
        if doubles:
            self.conv1.append(nn.UpsamplingNearest2d(scale_factor=2))
            self.shortcut.append(nn.UpsamplingNearest2d(scale_factor=2))

    def forward(self, x: Tensor) -> Tensor:
        """(b, inputs, h, w) -> (b, width, h', w')."""
        return self.shortcut(x) + self.residual(self.conv1(x))


def _layer(inputs: int, width: int, side: int, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(
        nn.BatchNorm2d(inputs, eps=EPSILON),
        nn.LeakyReLU(SLOPE),
        nn.Conv2d(inputs, width, side, stride, side // 2),
    )


def _stage(size: StageSize, index: int) -> nn.Sequential:
    """Edges are doubled by the first block, and halved by the last."""
    return nn.Sequential(
        *(
            LineBlock(
                size.inputs if block == 0 else size.width,
                size.width,
                stride=2 if index in HALVING and block == size.depth - 1 else 1,
                doubles=index in DOUBLING and block == 0,
            )
            for block in range(size.depth)
        )
    )


def published_name(name: str) -> str:
    """A tensor of ``MangaLines`` under the name that the authors' file has for it."""
    name = name.replace("conv15.", "conv15.model.")
    return _LAYER.sub(r"block\1.model.\2.\3.model.", name)


def sizes_of(shapes: Mapping[str, tuple[int, ...]]) -> tuple[StageSize, ...]:
    """The sizes that tensors under the authors' names imply. Raises LookupError where one is missing."""
    sizes: list[StageSize] = []
    for index in range(STAGES):
        width, inputs = shapes[f"block{index}.model.0.conv1.model.2.weight"][:2]
        depth = len({name.split(".")[2] for name in shapes if name.startswith(f"block{index}.model.")})
        sizes.append(StageSize(inputs=inputs, width=width, depth=depth))
    return tuple(sizes)


def load_file(path: Path) -> MangaLines:
    """The network of the authors' file, in fp32 on the CPU. Raises CorruptFile."""
    tensors = read_tensors(path)
    with readable(path.name), without_values():
        network = MangaLines(sizes_of({name: tuple(tensor.shape) for name, tensor in tensors.items()}))
    fit(network, tensors, path.name, published_name)
    return network


def load(preprocessor: Preprocessor, files: tuple[Path, ...], device: str) -> Run:
    """The network of a file. Raises CorruptFile."""
    (path,) = files
    network = load_file(path).to(device)

    def run(array: Array, parameters: Sliders) -> Array:
        padded, unpad = working_size(array[:, :, :3], parameters.resolution)
        return unpad(grey(lines(network, padded)))

    return run


def lines(network: nn.Module, picture: Array) -> Array:
    """(h, w): white lines on black, of an RGB picture whose edges are multiples of 16."""
    flat = np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.float32)
    device = next(network.parameters()).device
    with torch.no_grad():
        drawn: Tensor = network(torch.from_numpy(flat)[None, None].to(device))
    return 255 - drawn[0, 0].clamp(0, 255).cpu().numpy().astype(np.uint8)
