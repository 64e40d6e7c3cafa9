"""Hypernetworks on a UNet: they change what its attentions compute keys and values from."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import cast

import torch
from torch import Tensor, nn
from torch.utils.hooks import RemovableHandle

from pipelines.adapters.hypernetwork_file import Hypernetwork


class HypernetworkPatcher:
    """Hooks on the key and value projections of one UNet.

    The input of each passes through the chain of hypernetworks: x + multiplier * f(x), with the f
    for its channel size; sizes that a hypernetwork lacks pass unchanged. Queries are untouched.
    """

    def __init__(self, unet: nn.Module) -> None:
        self._unet = unet
        self._handles: list[RemovableHandle] = []

    def apply(self, uses: Sequence[tuple[Hypernetwork, float]]) -> None:
        """Replace the chain; an empty one leaves no trace."""
        for handle in self._handles:
            handle.remove()
        self._handles = []
        if uses:
            keys = Chain([(network.keys, multiplier) for network, multiplier in uses])
            values = Chain([(network.values, multiplier) for network, multiplier in uses])
            self._handles = [
                *change_inputs(self._unet, "to_k", keys),
                *change_inputs(self._unet, "to_v", values),
            ]


class Chain:
    """Hypernetworks one after another, for keys or for values; each is moved to where its input is."""

    def __init__(self, links: Sequence[tuple[Mapping[int, nn.Module], float]]) -> None:
        self._links = links
        self._placed: dict[tuple[int, int, torch.device, torch.dtype], nn.Module] = {}

    def __call__(self, x: Tensor) -> Tensor:
        """Run ``x`` (..., channels) through the chain; the shape stays."""
        for index, (networks, multiplier) in enumerate(self._links):
            if x.shape[-1] in networks:
                x = x + self._place(index, x)(x) * multiplier
        return x

    def _place(self, index: int, x: Tensor) -> nn.Module:
        size = x.shape[-1]
        key = (index, size, x.device, x.dtype)
        if key not in self._placed:
            self._placed[key] = _copy(self._links[index][0][size], x)
        return self._placed[key]


def _copy(module: nn.Module, like: Tensor) -> nn.Module:
    """Copy a module to the device and dtype of a tensor; the file's own stays as it was read."""
    if all(p.device == like.device and p.dtype == like.dtype for p in module.parameters()):
        return module
    return copy.deepcopy(module).to(device=like.device, dtype=like.dtype)


def change_inputs(unet: nn.Module, name: str, chain: Callable[[Tensor], Tensor]) -> Iterable[RemovableHandle]:
    """Put ``chain`` before every module of this name, until the handles are removed."""

    def change(_module: nn.Module, inputs: tuple[object, ...]) -> tuple[object, ...]:
        return (chain(cast("Tensor", inputs[0])), *inputs[1:])

    for path, module in unet.named_modules():
        if path.rpartition(".")[2] == name:
            yield module.register_forward_pre_hook(change)
