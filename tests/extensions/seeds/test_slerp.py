"""Variation noise is blended per channel and column."""

from __future__ import annotations

import math

import pytest
import torch

from extensions.seeds.slerp import slerp


def test_half_way_between_orthogonal_columns() -> None:
    low = torch.tensor([[[3.0], [0.0]]])  # (C=1, h=2, w=1)
    high = torch.tensor([[[0.0], [5.0]]])
    share = math.sin(math.pi / 4) / math.sin(math.pi / 2)
    assert slerp(0.5, low, high).flatten().tolist() == pytest.approx([3 * share, 5 * share], rel=1e-5)


def test_ends() -> None:
    low, high = torch.randn(2, 4, 8, 8, generator=torch.Generator().manual_seed(0)).unbind()
    assert torch.allclose(slerp(0.0, low, high), low, atol=1e-5)
    assert torch.allclose(slerp(1.0, low, high), high, atol=1e-5)


def test_columns_turn_independently() -> None:
    low, high = torch.randn(2, 1, 4, 2, generator=torch.Generator().manual_seed(1)).unbind()
    whole = slerp(0.3, low, high)
    assert torch.allclose(whole[:, :, 1:], slerp(0.3, low[:, :, 1:], high[:, :, 1:]), atol=1e-6)


def test_nearly_equal_inputs_are_mixed_with_swapped_weights() -> None:
    low = torch.ones(1, 4, 4)
    high = torch.full((1, 4, 4), 2.0)
    assert slerp(0.25, low, high).unique().tolist() == [1 * 0.25 + 2 * 0.75]
