"""T2I-Adapter: a small network that turns a map into features for the UNet's encoder, once per generation.

After Mou et al. 2023, arXiv:2302.08453; the light variant and SDXL's are of the same authors.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import torch
import torch.nn.functional as F
from torch import Tensor

from extensions.controlnet.control.networks.network import different_base
from pipelines.plugin import CorruptFile, LoadedModel, count, read_tensors

T = TypeVar("T")
XL_UNSHUFFLE, UNSHUFFLE = 16, 8
XL_INPUTS = (XL_UNSHUFFLE**2, 3 * XL_UNSHUFFLE**2)
LEVELS = 4
GREY_INPUTS = (UNSHUFFLE**2, XL_UNSHUFFLE**2)
DIFFUSERS_BLOCK = re.compile(r"body\.(\d+)\.resnets\.(\d+)\.(.+)")
DIFFUSERS_IN = re.compile(r"body\.(\d+)\.in_conv\.(.+)")


@dataclass(slots=True, kw_only=True, eq=False)
class AdapterNetwork:
    """Tensors of an adapter under the authors' names. ``light`` and ``xl`` are its variant."""

    path: Path
    tensors: dict[str, Tensor]
    light: bool
    xl: bool
    dtype: torch.dtype
    blocks_per_level: int = field(init=False)

    def __post_init__(self) -> None:
        shapes = {name: tuple(tensor.shape) for name, tensor in self.tensors.items()}
        self.blocks_per_level = 1 if self.light else count(shapes, "body.") // LEVELS

    def features(self, hint: Tensor) -> list[Tensor]:
        """Hint (1, 3, H, W) in 0..1 -> four features (1, C, h, w), shallowest first.

        Networks for grey maps get the first channel. A size that can't be unshuffled is scaled up.
        """
        first = self.tensors["body.0.in_conv.weight" if self.light else "conv_in.weight"]
        factor = XL_UNSHUFFLE if self.xl else UNSHUFFLE
        x = hint.to(device=first.device, dtype=self.dtype)
        if first.shape[1] in GREY_INPUTS:
            x = x[:, :1]
        x = F.pixel_unshuffle(_divisible(x, factor), factor)
        if not self.light:
            x = self._convolve("conv_in", x)
        return list(self._levels(x))

    def _levels(self, x: Tensor) -> Iterator[Tensor]:
        for level in range(LEVELS):
            if self._halves(level):
                x = self._halved(f"body.{level * self.blocks_per_level}.down_opt.op", x)
            for block in range(self.blocks_per_level):
                name = f"body.{level * self.blocks_per_level + block}"
                x = self._light_block(name, x) if self.light else self._block(name, x)
            yield x

    def _halves(self, level: int) -> bool:
        return level == 2 if self.xl else level > 0

    def _halved(self, name: str, x: Tensor) -> Tensor:
        if f"{name}.weight" in self.tensors:
            return self._convolve(name, x, stride=2)
        return F.avg_pool2d(x, 2, ceil_mode=True)

    def _block(self, name: str, x: Tensor) -> Tensor:
        if f"{name}.in_conv.weight" in self.tensors:
            x = self._convolve(f"{name}.in_conv", x)
        skip = self._convolve(f"{name}.skep", x) if f"{name}.skep.weight" in self.tensors else x
        return skip + self._convolve(f"{name}.block2", F.relu(self._convolve(f"{name}.block1", x)))

    def _light_block(self, name: str, x: Tensor) -> Tensor:
        x = self._convolve(f"{name}.in_conv", x)
        inner = 0
        while f"{name}.body.{inner}.block1.weight" in self.tensors:
            x = self._block(f"{name}.body.{inner}", x)
            inner += 1
        return self._convolve(f"{name}.out_conv", x)

    def _convolve(self, name: str, x: Tensor, stride: int = 1) -> Tensor:
        weight = self.tensors.get(f"{name}.weight")
        if weight is None or weight.shape[1] != x.shape[1]:
            raise CorruptFile(f"{self.path.name} lacks {name}.weight for {x.shape[1]} channels")
        bias = self.tensors.get(f"{name}.bias")
        return F.conv2d(x, weight, bias, stride=stride, padding=weight.shape[-1] // 2)


def load_adapter(path: Path, model: LoadedModel, *, field: str) -> AdapterNetwork:
    """Read a T2I-Adapter for use with ``model``. Raises CorruptFile, UnsupportedModel."""
    adapter = build_adapter(path, read_tensors(path), model.precision.unet, model.device)
    widths = tuple(int(w) for w in model.unet.config["block_out_channels"])
    if adapter.xl != (len(widths) == LEVELS - 1) or _widths(adapter) != (*widths, widths[-1])[:LEVELS]:
        raise different_base(path, model, field)
    return adapter


def build_adapter(
    path: Path, tensors: dict[str, Tensor], dtype: torch.dtype, device: torch.device
) -> AdapterNetwork:
    """The adapter of tensors under any names. Raises CorruptFile."""
    named = authors_names(tensors)
    light = "conv_in.weight" not in named
    first = named.get("body.0.in_conv.weight" if light else "conv_in.weight")
    if first is None:
        raise CorruptFile(f"{path.name} lacks conv_in.weight")
    placed = {name: tensor.to(device=device, dtype=dtype) for name, tensor in named.items()}
    return AdapterNetwork(path=path, tensors=placed, light=light, xl=first.shape[1] in XL_INPUTS, dtype=dtype)


def authors_names(tensors: dict[str, T]) -> dict[str, T]:
    """The same tensors under the names of the published adapters; diffusers' names are translated."""
    bare = {name.removeprefix("adapter."): tensor for name, tensor in tensors.items()}
    if not any(DIFFUSERS_BLOCK.fullmatch(name) for name in bare):
        return bare
    light = "conv_in.weight" not in bare
    return {_authors_name(name, light): tensor for name, tensor in bare.items()}


def _authors_name(name: str, light: bool) -> str:
    if found := DIFFUSERS_BLOCK.fullmatch(name):
        level, block, rest = found.groups()
        return f"body.{level}.body.{block}.{rest}" if light else f"body.{2 * int(level) + int(block)}.{rest}"
    if not light and (found := DIFFUSERS_IN.fullmatch(name)):
        return f"body.{2 * int(found[1])}.in_conv.{found[2]}"
    return name


def _widths(adapter: AdapterNetwork) -> tuple[int, ...]:
    """Channels of the four features."""
    last = [f"body.{(level + 1) * adapter.blocks_per_level - 1}" for level in range(LEVELS)]
    names = [f"{block}.{'out_conv' if adapter.light else 'block2'}.weight" for block in last]
    return tuple(adapter.tensors[name].shape[0] if name in adapter.tensors else 0 for name in names)


def _divisible(x: Tensor, factor: int) -> Tensor:
    height, width = (-(-side // factor) * factor for side in x.shape[-2:])
    return x if (height, width) == tuple(x.shape[-2:]) else F.interpolate(x, size=(height, width))
