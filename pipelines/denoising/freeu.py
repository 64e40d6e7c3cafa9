"""FreeU: a decoder's features are amplified, and the low frequencies of its skips are scaled.

The paper: Si et al., "FreeU: Free Lunch in Diffusion U-Net", 2023. Its second version amplifies features
where they are strong, its first everywhere alike. The authors' code finds the places by the width of their
features, diffusers' by the decoder's blocks, of which it changes the first two.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias

import torch
from torch import Tensor, nn
from torch.utils.hooks import RemovableHandle

from pipelines.denoising.model_call import ModelCall

Grow: TypeAlias = Callable[[Tensor, float], Tensor]
FreeUPlace: TypeAlias = Literal["width", "block"]
"""The way in which the places that change are found: by the width of features, or by the decoder's block."""
WIDE, NARROW = 4, 2
"""Widths of the features that change, in multiples of the first block's."""


class FreeU:
    """A call hook. ``factors``: b1, b2, s1, s2. ``version`` 1 or 2."""

    def __init__(
        self, factors: tuple[float, float, float, float], *, version: int = 2, placed: FreeUPlace = "width"
    ) -> None:
        self._factors = factors
        self._grow: Grow = grown if version == 2 else grown_alike
        self._placed: FreeUPlace = placed

    def __call__(self, call: ModelCall) -> ModelCall:
        """Return the call with FreeU entered around it."""
        entered = _Entered(call.model.unet, self._factors, self._grow, self._placed)
        return replace(call, attention=(*call.attention, entered))


class _Entered:
    """A context in which the inputs of the decoder's blocks are changed."""

    def __init__(
        self, unet: nn.Module, factors: tuple[float, float, float, float], grow: Grow, placed: FreeUPlace
    ) -> None:
        self._unet = unet
        self._grow = grow
        self._factors = factors
        self._placed: FreeUPlace = placed
        self._handles: list[RemovableHandle] = []

    def __enter__(self) -> None:
        for join in joins(self._unet):
            factors = self._of(join)
            if factors is not None:
                change = _changing(join.own, *factors, self._grow)
                self._handles.append(join.block.register_forward_pre_hook(change))

    def __exit__(self, *error: object) -> None:
        for handle in self._handles:
            handle.remove()
        self._handles = []

    def _of(self, join: Join) -> tuple[float, float] | None:
        b1, b2, s1, s2 = self._factors
        if self._placed == "block":
            return {0: (b1, s1), 1: (b2, s2)}.get(join.level)
        first = int(self._unet.config["block_out_channels"][0])  # type: ignore[index]
        return {WIDE * first: (b1, s1), NARROW * first: (b2, s2)}.get(join.own)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Join:
    """A block whose input is features and a skip: the first ``own`` channels are features.

    ``level``: of the decoder, from 0 in the order of evaluation.
    """

    block: nn.Module
    own: int
    level: int


def joins(unet: nn.Module) -> Iterator[Join]:
    """Yield every join of a UNet's decoder, in the order of evaluation."""
    blocks: Any = unet
    own = int(blocks.mid_block.resnets[-1].out_channels)
    for level, up in enumerate(blocks.up_blocks):
        for block in up.resnets:
            yield Join(block=block, own=own, level=level)
            own = int(block.out_channels)


def _changing(own: int, factor: float, shrink: float, grow: Grow) -> Any:
    def change(module: nn.Module, inputs: tuple[Any, ...]) -> tuple[Any, ...]:
        joined, *rest = inputs
        features, skip = joined[:, :own], joined[:, own:]
        return (torch.cat([grow(features, factor), without_coarse(skip, shrink)], dim=1), *rest)

    return change


def grown(features: Tensor, factor: float) -> Tensor:
    """Multiply half the channels: by 1 where the mean of all channels is least, ``factor`` where largest."""
    mean = features.float().mean(dim=1, keepdim=True)
    low, high = mean.amin(dim=(2, 3), keepdim=True), mean.amax(dim=(2, 3), keepdim=True)
    strong = (mean - low) / (high - low).clamp_min(1e-12)
    half = features.shape[1] // 2
    changed = features[:, :half] * (1 + (factor - 1) * strong).to(features.dtype)
    return torch.cat([changed, features[:, half:]], dim=1)


def grown_alike(features: Tensor, factor: float) -> Tensor:
    """Multiply half the channels by ``factor``."""
    half = features.shape[1] // 2
    return torch.cat([features[:, :half] * factor, features[:, half:]], dim=1)


def without_coarse(skip: Tensor, factor: float, reach: int = 1) -> Tensor:
    """Multiply the lowest frequencies, ``reach`` to each side of the constant one, by ``factor``."""
    spectrum = torch.fft.fftshift(torch.fft.fftn(skip.float(), dim=(-2, -1)), dim=(-2, -1))
    height, width = skip.shape[-2:]
    mask = torch.ones_like(skip, dtype=torch.float32)
    row, column = height // 2, width // 2
    mask[..., max(0, row - reach) : row + reach, max(0, column - reach) : column + reach] = factor
    filtered = torch.fft.ifftn(torch.fft.ifftshift(spectrum * mask, dim=(-2, -1)), dim=(-2, -1)).real
    return filtered.to(skip.dtype)
