"""GLoRA changes against NumPy."""

from __future__ import annotations

import torch
from torch import Tensor

from pipelines.adapters.kinds import glora
from tests.pipelines.adapters.kinds.deltas import close, random, weight_of


def parts_of() -> dict[str, Tensor]:
    """Both pairs of rank 2 for a weight (6, 5)."""
    parts = {"a1.weight": random(2, 5, seed=1), "a2.weight": random(5, 2, seed=2), "alpha": torch.tensor(4.0)}
    return parts | {"b1.weight": random(2, 5, seed=3), "b2.weight": random(6, 2, seed=4)}


def test_glora_adds_a_low_rank_image_of_the_weight() -> None:
    weight, parts = random(6, 5), parts_of()
    n = {key: value.numpy() for key, value in parts.items()}
    expected = n["b2.weight"] @ n["b1.weight"] + (weight.numpy() @ n["a2.weight"]) @ n["a1.weight"]
    close(weight_of(glora.delta(parts, weight)), expected)


def test_glora_of_a_half_precision_file_is_half_precision() -> None:
    parts = {name: part.half() for name, part in parts_of().items()}
    assert weight_of(glora.delta(parts, random(6, 5))).dtype is torch.float16


def test_alpha_marks_the_type_and_scales_nothing() -> None:
    parts = parts_of()
    assert glora.matches(parts)
    assert glora.rank(parts) is None
    assert not glora.matches({name: part for name, part in parts.items() if name != "alpha"})
