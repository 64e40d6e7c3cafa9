"""IA3 changes against NumPy."""

from __future__ import annotations

import pytest
import torch

from pipelines.adapters.kinds import ia3
from tests.pipelines.adapters.kinds.deltas import close, random, weight_of


@pytest.mark.parametrize(("on_input", "length"), [(True, 5), (False, 6)])
def test_ia3_scales_columns_or_rows(on_input: bool, length: int) -> None:
    weight, vector = random(6, 5), random(length, seed=1)
    change = weight_of(ia3.delta({"weight": vector, "on_input": torch.tensor(on_input)}, weight))
    close(change, weight.numpy() * (vector.numpy()[None, :] if on_input else vector.numpy()[:, None]))


def test_a_kernel_is_scaled_by_output_channel() -> None:
    vector = torch.tensor([1.0, 2.0])
    change = weight_of(ia3.delta({"weight": vector, "on_input": torch.tensor(False)}, torch.ones(2, 3, 2, 2)))
    assert change.shape == (2, 3, 2, 2)
    assert (change[0].unique().tolist(), change[1].unique().tolist()) == ([1.0], [2.0])


def test_the_side_must_be_named() -> None:
    assert ia3.matches({"weight": torch.ones(5), "on_input": torch.tensor(True)})
    assert not ia3.matches({"weight": torch.ones(5)})
