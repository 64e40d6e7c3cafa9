"""Circular padding of convolutions, which makes pictures that tile."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack
from functools import partial
from typing import Any, TypeGuard

import torch.nn.functional as F
from torch import Tensor, nn

from pipelines.contract.requests import Tiling


class TilingPatcher:
    """Switches every plain convolution of a model between zero and circular padding, on both axes or on one.

    Only the exact class ``Conv2d`` is touched. A convolution without padding of its own, as in the
    VAE encoder's downsamplers, which are padded with zeros beforehand, is unaffected.
    """

    def __init__(self) -> None:
        self._switched = ExitStack()
        self._active = False

    @property
    def active(self) -> bool:
        """True while padding is circular."""
        return self._active

    def apply(self, tiling: Tiling, modules: Iterable[nn.Module]) -> None:
        """Make padding circular in all of ``modules``, or what it was."""
        self._switched.close()
        self._active = bool(tiling)
        every = (child for module in modules for child in module.modules())
        for convolution in [child for child in every if tiling and _pads_with_zeros(child)]:
            if isinstance(tiling, str):
                self._wrap(convolution, tiling)
            else:
                convolution.padding_mode = "circular"
                self._switched.callback(setattr, convolution, "padding_mode", "zeros")

    def _wrap(self, convolution: nn.Conv2d, axis: str) -> None:
        """Pad one axis before the convolution, which goes on to pad the other with zeros."""
        whole: Any = convolution.padding
        rows, columns = whole
        wrapped, left = (
            ((columns, columns, 0, 0), (rows, 0)) if axis == "x" else ((0, 0, rows, rows), (0, columns))
        )
        handle = convolution.register_forward_pre_hook(partial(_wrapped, wrapped))
        self._switched.callback(handle.remove)
        convolution.padding = left
        self._switched.callback(setattr, convolution, "padding", whole)


def _wrapped(
    pads: tuple[int, int, int, int], module: nn.Module, inputs: tuple[Tensor, ...]
) -> tuple[Tensor, ...]:
    return (F.pad(inputs[0], pads, mode="circular"), *inputs[1:])


def _pads_with_zeros(module: nn.Module) -> TypeGuard[nn.Conv2d]:
    if type(module) is not nn.Conv2d:
        return False
    return module.padding_mode == "zeros" and isinstance(module.padding, tuple) and module.padding != (0, 0)
