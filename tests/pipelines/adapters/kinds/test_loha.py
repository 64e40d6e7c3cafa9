"""LoHa changes against NumPy."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor

from pipelines.adapters.kinds import loha
from tests.pipelines.adapters.kinds.deltas import close, random, weight_of


def pairs() -> dict[str, Tensor]:
    """Two pairs of rank 2 for a weight (6, 10)."""
    sides = (("a", (6, 2)), ("b", (2, 10)))
    return {f"hada_w{i}_{side}": random(*shape, seed=i) for i in (1, 2) for side, shape in sides}


def test_loha_multiplies_two_products() -> None:
    parts = pairs()
    n = {key: value.numpy() for key, value in parts.items()}
    expected = (n["hada_w1_a"] @ n["hada_w1_b"]) * (n["hada_w2_a"] @ n["hada_w2_b"])
    close(weight_of(loha.delta(parts, torch.zeros(6, 10))), expected)
    close(weight_of(loha.delta(parts, torch.zeros(6, 10, 1, 1))), expected[:, :, None, None])
    assert loha.rank(parts) == 2


def test_loha_with_cores() -> None:
    parts: dict[str, Tensor] = {}
    for i in (1, 2):
        parts |= {f"hada_t{i}": random(2, 3, 3, 3, seed=i), f"hada_w{i}_a": random(2, 6, seed=10 + i)}
        parts |= {f"hada_w{i}_b": random(3, 4, seed=20 + i)}
    n = {key: value.numpy() for key, value in parts.items()}
    halves = [
        np.einsum("abkl,ao,bi->oikl", *(n[f"hada_{name}"] for name in (f"t{i}", f"w{i}_a", f"w{i}_b")))
        for i in (1, 2)
    ]
    close(weight_of(loha.delta(parts, torch.zeros(6, 4, 3, 3))), halves[0] * halves[1])


@pytest.mark.parametrize("lost", ["hada_w1_a", "hada_w1_b", "hada_w2_a", "hada_w2_b"])
def test_three_of_four_factors_are_no_loha(lost: str) -> None:
    parts = pairs()
    assert loha.matches(parts | {"alpha": torch.tensor(1.0)})
    assert not loha.matches({name: part for name, part in parts.items() if name != lost})
