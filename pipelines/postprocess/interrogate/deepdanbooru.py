"""DeepDanbooru's "resnet custom v3" (KichangKim, MIT): a picture to the probability of every tag."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from pipelines.contract.errors import CorruptFile
from pipelines.families.loading.read import load_pickle

SIDE = 512
_NUMBER = re.compile(r"(\d+)\.weight$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """``widths``: channels of the stages, a quarter inside blocks; ``repeats``: blocks after the first."""

    widths: tuple[int, ...] = (256, 512, 1024, 1024, 2048, 4096)
    repeats: tuple[int, ...] = (2, 7, 19, 19, 2, 2)

    @property
    def layers(self) -> int:
        """Number of convolutions in the network."""
        return 2 + sum(4 + 3 * count for count in self.repeats)


@dataclass(frozen=True, slots=True)
class Layer:
    """A convolution with its batch norm folded in."""

    weight: Tensor
    bias: Tensor | None

    def __call__(self, x: Tensor, stride: int = 1) -> Tensor:
        return F.conv2d(same_padding(x, self.weight.shape[-1], stride), self.weight, self.bias, stride)


@dataclass(frozen=True, slots=True, kw_only=True)
class TaggerBlock:
    """1x1, 3x3 and 1x1 convolutions, added to the input or to a 1x1 convolution of it."""

    reduce: Layer
    middle: Layer
    expand: Layer
    shortcut: Layer | None = None
    stride: int = 1

    def __call__(self, x: Tensor) -> Tensor:
        beside = x if self.shortcut is None else self.shortcut(x, self.stride)
        inner = F.relu(self.middle(F.relu(self.reduce(x)), self.stride))
        return F.relu(self.expand(inner) + beside)


def same_padding(x: Tensor, kernel: int, stride: int, value: float = 0.0) -> Tensor:
    """TensorFlow's "same": what is odd goes to the right and below."""
    amounts: list[int] = []
    for side in (x.shape[-1], x.shape[-2]):
        total = max((-(-side // stride) - 1) * stride + kernel - side, 0)
        amounts += [total // 2, total - total // 2]
    return F.pad(x, amounts, value=value)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeepDanbooru:
    """The network and the names of its outputs."""

    tags: tuple[str, ...]
    stem: Layer
    blocks: tuple[TaggerBlock, ...]
    head: Layer

    @torch.inference_mode()
    def probabilities(self, picture: Tensor) -> dict[str, float]:
        """Tag -> probability of one picture (1, 3, 512, 512), RGB in 0..1."""
        x = F.relu(self.stem(picture, 2))
        x = F.max_pool2d(same_padding(x, 3, 2, -torch.inf), 3, 2)
        for block in self.blocks:
            x = block(x)
        scores = self.head(x).mean((2, 3)).sigmoid()[0].float().cpu().tolist()
        return dict(zip(self.tags, scores, strict=True))


def load_deepdanbooru(path: Path, device: torch.device, shape: Shape | None = None) -> DeepDanbooru:
    """Read A1111's model file. Raises CorruptFile."""
    shape = shape or Shape()
    content: Mapping[Any, Any] = load_pickle(path)
    layers = _layers(content, device)
    tags = tuple(str(tag) for tag in content.get("tags", ()))
    if len(layers) != shape.layers:
        raise CorruptFile(f"{path.name} has {len(layers)} convolutions, not {shape.layers}")
    if len(tags) != layers[-1].weight.shape[0]:
        raise CorruptFile(f"{path.name} names {len(tags)} tags for {layers[-1].weight.shape[0]} outputs")
    return DeepDanbooru(tags=tags, stem=layers[0], blocks=_blocks(layers[1:-1], shape, path), head=layers[-1])


def _layers(content: Mapping[Any, Any], device: torch.device) -> list[Layer]:
    """The convolutions in the order of the numbers in their names, which is the order of their use."""
    numbered = sorted((int(match[1]), str(name)) for name in content if (match := _NUMBER.search(str(name))))
    layers: list[Layer] = []
    for _, name in numbered:
        bias = content.get(name.removesuffix("weight") + "bias")
        weight: Tensor = content[name]
        layers.append(Layer(weight.float().to(device), None if bias is None else bias.float().to(device)))
    return layers


def _blocks(layers: Sequence[Layer], shape: Shape, path: Path) -> tuple[TaggerBlock, ...]:
    """Group the convolutions into blocks.

    The place of a shortcut in its block shows in shapes alone: of 1x1 convolutions it is the one from the
    block's input to its output. In the first stage, whose input is as wide as its inside, it doesn't show,
    and is that of the second.
    """
    rest = iter(layers)
    stages = [
        ([next(rest) for _ in range(4)], [[next(rest) for _ in range(3)] for _ in range(count)])
        for count in shape.repeats
    ]
    position = _shortcut_position(stages[1][0], shape.widths[0], shape.widths[1], path)
    blocks: list[TaggerBlock] = []
    for number, (first, others) in enumerate(stages):
        shortcut = first.pop(position)
        stride = 2 if number > 0 else 1
        blocks.append(_block(first, shape.widths[number], path, shortcut=shortcut, stride=stride))
        blocks.extend(_block(three, shape.widths[number], path) for three in others)
    return tuple(blocks)


def _shortcut_position(four: Sequence[Layer], inputs: int, outputs: int, path: Path) -> int:
    shapes = [tuple(layer.weight.shape) for layer in four]
    if shapes.count((outputs, inputs, 1, 1)) != 1:
        raise CorruptFile(f"{path.name} is not a resnet custom v3: unexpected shapes {shapes}")
    return shapes.index((outputs, inputs, 1, 1))


def _block(
    three: Iterable[Layer], width: int, path: Path, *, shortcut: Layer | None = None, stride: int = 1
) -> TaggerBlock:
    reduce, middle, expand = three
    inner = width // 4
    fits = (
        reduce.weight.shape[0] == inner
        and tuple(middle.weight.shape) == (inner, inner, 3, 3)
        and tuple(expand.weight.shape) == (width, inner, 1, 1)
    )
    if not fits:
        raise CorruptFile(f"{path.name} is not a resnet custom v3: a block of {width} channels does not fit")
    return TaggerBlock(reduce=reduce, middle=middle, expand=expand, shortcut=shortcut, stride=stride)
