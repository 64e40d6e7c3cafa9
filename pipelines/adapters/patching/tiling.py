"""Circular padding of convolutions, which makes pictures that tile."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, TypeGuard

from torch import nn


class TilingPatcher:
    """Switches every plain convolution of a model between zero and circular padding.

    Only the exact class ``Conv2d`` is touched. A convolution without padding of its own, as in the
    VAE encoder's downsamplers, which are padded with zeros beforehand, is unaffected.
    """

    def __init__(self) -> None:
        self._switched: list[nn.Conv2d] = []

    @property
    def active(self) -> bool:
        """Whether padding is circular now."""
        return bool(self._switched)

    def apply(self, tiling: bool, modules: Iterable[nn.Module]) -> None:
        """Make padding circular in all of ``modules``, or what it was."""
        _pad(self._switched, "zeros")
        self._switched = []
        if tiling:
            every = (child for module in modules for child in module.modules())
            self._switched = [child for child in every if _pads_with_zeros(child)]
            _pad(self._switched, "circular")


def _pads_with_zeros(module: nn.Module) -> TypeGuard[nn.Conv2d]:
    if type(module) is not nn.Conv2d:
        return False
    return module.padding_mode == "zeros" and module.padding != (0, 0)


def _pad(convolutions: Iterable[nn.Conv2d], mode: Literal["zeros", "circular"]) -> None:
    for convolution in convolutions:
        convolution.padding_mode = mode
