"""LoKr changes against NumPy."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from pipelines.adapters.kinds import lokr
from tests.pipelines.adapters.kinds.deltas import close, random, weight_of


def test_lokr_of_whole_and_low_rank_factors() -> None:
    parts = {"lokr_w1": random(2, 3), "lokr_w2_a": random(4, 2, seed=1), "lokr_w2_b": random(2, 5, seed=2)}
    n = {key: value.numpy() for key, value in parts.items()}
    expected = np.kron(n["lokr_w1"], n["lokr_w2_a"] @ n["lokr_w2_b"])
    close(weight_of(lokr.delta(parts, torch.zeros(8, 15))), expected)
    assert lokr.rank(parts) == 2


def test_lokr_of_a_kernel() -> None:
    parts = {"lokr_w1": random(2, 3), "lokr_w2": random(4, 5, 3, 3, seed=1)}
    n = {key: value.numpy() for key, value in parts.items()}
    close(
        weight_of(lokr.delta(parts, torch.zeros(8, 15, 3, 3))),
        np.kron(n["lokr_w1"][:, :, None, None], n["lokr_w2"]),
    )
    assert lokr.rank(parts) is None


def test_lokr_with_core_and_low_rank_first_factor() -> None:
    parts = {"lokr_w1_a": random(2, 1), "lokr_w1_b": random(1, 3), "lokr_t2": random(2, 2, 3, 3, seed=1)}
    parts |= {"lokr_w2_a": random(2, 4, seed=2), "lokr_w2_b": random(2, 5, seed=3)}
    n = {key: value.numpy() for key, value in parts.items()}
    second = np.einsum("abkl,ao,bi->oikl", n["lokr_t2"], n["lokr_w2_a"], n["lokr_w2_b"])
    first = (n["lokr_w1_a"] @ n["lokr_w1_b"])[:, :, None, None]
    close(weight_of(lokr.delta(parts, torch.zeros(8, 15, 3, 3))), np.kron(first, second))
    assert lokr.rank(parts) == 2


def test_lokr_takes_its_rank_from_the_first_factor_if_the_second_is_whole() -> None:
    parts = {"lokr_w1_a": random(2, 7), "lokr_w1_b": random(7, 3), "lokr_w2": random(4, 5)}
    assert lokr.rank(parts) == 7


@pytest.mark.parametrize(
    ("names", "whole"),
    [
        (("lokr_w1", "lokr_w2"), True),
        (("lokr_w1_a", "lokr_w1_b", "lokr_w2"), True),
        (("lokr_w1", "lokr_w2_a"), False),
        (("lokr_w1",), False),
        (("lokr_w2_a", "lokr_w2_b"), False),
    ],
)
def test_both_factors_are_needed(names: tuple[str, ...], whole: bool) -> None:
    assert lokr.matches({name: torch.ones(2, 2) for name in names}) is whole
