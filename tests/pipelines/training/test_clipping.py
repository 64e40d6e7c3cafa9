"""Gradients are bounded by number or by length."""

from __future__ import annotations

import torch
from torch import nn

from pipelines.training.clipping import clip_gradients
from pipelines.training.rates import RateItem, Rates


def clipped(mode: str, limit: float | None) -> list[float]:
    parameter = nn.Parameter(torch.zeros(2))
    parameter.grad = torch.tensor([3.0, 4.0])
    rates = None if limit is None else Rates((RateItem(limit, 1),))
    clip_gradients([parameter], mode, rates)  # type: ignore[arg-type]
    return [round(value, 4) for value in parameter.grad.tolist()]


def test_by_number_by_length_or_not() -> None:
    assert clipped("value", 3.5) == [3.0, 3.5]
    assert clipped("norm", 1.0) == [0.6, 0.8]
    assert clipped("disabled", None) == [3.0, 4.0]
