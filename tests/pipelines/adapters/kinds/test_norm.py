"""Differences of a normalisation are taken as they are."""

from __future__ import annotations

import torch

from pipelines.adapters.kinds import norm
from tests.pipelines.adapters.kinds.deltas import random, weight_of


def test_gain_and_offset_are_taken_as_they_are() -> None:
    change = norm.delta({"w_norm": random(6), "b_norm": random(6, seed=1)}, torch.zeros(6))
    assert torch.equal(weight_of(change), random(6))
    assert change.bias is not None and torch.equal(change.bias, random(6, seed=1))


def test_gain_without_offset_is_no_norm() -> None:
    assert norm.matches({"w_norm": torch.ones(6), "b_norm": torch.ones(6)})
    assert not norm.matches({"w_norm": torch.ones(6)})
