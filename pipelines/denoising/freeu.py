"""FreeU: a decoder's features grow, its skips lose what is coarse.

The paper: Si et al., "FreeU: Free Lunch in Diffusion U-Net", 2023. In its second version features grow where
they are strong, in its first everywhere alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, TypeAlias

import torch
from torch import Tensor, nn
from torch.utils.hooks import RemovableHandle

from pipelines.denoising.model_call import ModelCall

Grow: TypeAlias = Callable[[Tensor, float], Tensor]
WIDE, NARROW = 4, 2
"""Widths of the features that change, in multiples of the first block's."""


class FreeU:
    """A call hook. ``factors``: b1, b2, s1, s2. ``version`` 1 or 2."""

    def __init__(self, factors: tuple[float, float, float, float], *, version: int = 2) -> None:
        self._factors = factors
        self._grow: Grow = grown if version == 2 else grown_alike

    def __call__(self, call: ModelCall) -> ModelCall:
        """The call with FreeU entered around it."""
        return replace(
            call, attention=(*call.attention, _Entered(call.model.unet, self._factors, self._grow))
        )


class _Entered:
    """While entered, what the decoder's blocks are given is changed."""

    def __init__(self, unet: nn.Module, factors: tuple[float, float, float, float], grow: Grow) -> None:
        self._unet = unet
        self._grow = grow
        self._factors = factors
        self._handles: list[RemovableHandle] = []

    def __enter__(self) -> None:
        for block, own in joins(self._unet):
            factors = self._of(own)
            if factors is not None:
                self._handles.append(block.register_forward_pre_hook(_changing(own, *factors, self._grow)))

    def __exit__(self, *error: object) -> None:
        for handle in self._handles:
            handle.remove()
        self._handles = []

    def _of(self, own: int) -> tuple[float, float] | None:
        first = int(self._unet.config["block_out_channels"][0])  # type: ignore[index]
        b1, b2, s1, s2 = self._factors
        return {WIDE * first: (b1, s1), NARROW * first: (b2, s2)}.get(own)


def joins(unet: nn.Module) -> Iterator[tuple[nn.Module, int]]:
    """The blocks that are given features and a skip, with how many channels are features."""
    blocks: Any = unet
    own = int(blocks.mid_block.resnets[-1].out_channels)
    for up in blocks.up_blocks:
        for block in up.resnets:
            yield block, own
            own = int(block.out_channels)


def _changing(own: int, factor: float, shrink: float, grow: Grow) -> Any:
    def change(module: nn.Module, inputs: tuple[Any, ...]) -> tuple[Any, ...]:
        joined, *rest = inputs
        features, skip = joined[:, :own], joined[:, own:]
        return (torch.cat([grow(features, factor), without_coarse(skip, shrink)], dim=1), *rest)

    return change


def grown(features: Tensor, factor: float) -> Tensor:
    """Half the channels, larger where the mean over channels is."""
    mean = features.float().mean(dim=1, keepdim=True)
    low, high = mean.amin(dim=(2, 3), keepdim=True), mean.amax(dim=(2, 3), keepdim=True)
    strong = (mean - low) / (high - low).clamp_min(1e-12)
    half = features.shape[1] // 2
    changed = features[:, :half] * (1 + (factor - 1) * strong).to(features.dtype)
    return torch.cat([changed, features[:, half:]], dim=1)


def grown_alike(features: Tensor, factor: float) -> Tensor:
    """Half the channels, all larger."""
    half = features.shape[1] // 2
    return torch.cat([features[:, :half] * factor, features[:, half:]], dim=1)


def without_coarse(skip: Tensor, factor: float, reach: int = 1) -> Tensor:
    """The lowest frequencies times ``factor``."""
    spectrum = torch.fft.fftshift(torch.fft.fftn(skip.float(), dim=(-2, -1)), dim=(-2, -1))
    height, width = skip.shape[-2:]
    mask = torch.ones_like(skip, dtype=torch.float32)
    row, column = height // 2, width // 2
    mask[..., max(0, row - reach) : row + reach, max(0, column - reach) : column + reach] = factor
    filtered = torch.fft.ifftn(torch.fft.ifftshift(spectrum * mask, dim=(-2, -1)), dim=(-2, -1)).real
    return filtered.to(skip.dtype)
