"""Full differences are taken as they are."""

from __future__ import annotations

import torch

from pipelines.adapters.kinds import full
from tests.pipelines.adapters.kinds.deltas import random, weight_of


def test_both_differences_are_taken_as_they_are() -> None:
    change = full.delta({"diff": random(6, 5), "diff_b": random(6, seed=1)}, torch.zeros(6, 5, 1, 1))
    assert torch.equal(weight_of(change), random(6, 5)[:, :, None, None])
    assert change.bias is not None and torch.equal(change.bias, random(6, seed=1))


def test_a_difference_of_the_bias_alone_is_not_enough() -> None:
    assert full.matches({"diff": torch.ones(2)})
    assert not full.matches({"diff_b": torch.ones(2)})
    assert full.delta({"diff": torch.ones(2)}, torch.zeros(2)).bias is None
