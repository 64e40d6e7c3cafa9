"""Circular padding comes and goes without a trace."""

from typing import Literal

import pytest
import torch
from torch import Tensor, nn

from pipelines.adapters.patching.tiling import TilingPatcher


class Special(nn.Conv2d):
    """Not the plain class."""


def model() -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(nn.Conv2d(2, 2, 3, padding=1), Special(2, 2, 3, padding=1), nn.Conv2d(2, 2, 3))


def shifted(module: nn.Module, x: Tensor, axis: int = -1) -> bool:
    """True if a cyclic shift of the input shifts the output alike."""
    return torch.allclose(module(x.roll(3, axis)), module(x).roll(3, axis), atol=1e-5)


def test_circular_padding_makes_a_convolution_cyclic() -> None:
    layers, x = model(), torch.randn(1, 2, 8, 8, generator=torch.Generator().manual_seed(1))
    TilingPatcher().apply(True, [layers])
    assert shifted(layers[0], x)
    assert not shifted(layers[1], x)


def test_output_is_restored_exactly() -> None:
    layers, patcher = model(), TilingPatcher()
    x = torch.randn(1, 2, 8, 8, generator=torch.Generator().manual_seed(1))
    before = layers(x)
    patcher.apply(True, [layers])
    patcher.apply(True, [layers])
    assert patcher.active and not torch.equal(layers(x), before)
    patcher.apply(False, [layers])
    assert not patcher.active and torch.equal(layers(x), before)


@pytest.mark.parametrize(("tiling", "wraps", "not_so"), [("x", -1, -2), ("y", -2, -1)])
def test_one_axis_alone(tiling: Literal["x", "y"], wraps: int, not_so: int) -> None:
    layers, patcher = model(), TilingPatcher()
    x = torch.randn(1, 2, 8, 8, generator=torch.Generator().manual_seed(1))
    before = layers(x)
    patcher.apply(tiling, [layers])
    assert patcher.active
    assert shifted(layers[0], x, wraps)
    assert not shifted(layers[0], x, not_so)
    assert layers(x).shape == before.shape
    patcher.apply(False, [layers])
    assert torch.equal(layers(x), before)


def test_explicitly_padded_convolutions_are_left_alone() -> None:
    layers = model()
    TilingPatcher().apply(True, [layers])
    last = layers[2]
    assert isinstance(last, nn.Conv2d) and last.padding_mode == "zeros"
