"""SDXL's added vector: pooled text, then each number as 128 cosines and 128 sines."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from pipelines.contract.options import GenerationOptions
from pipelines.families.sd.vector import (
    AESTHETIC_WIDTH,
    SIZE_WIDTH,
    aesthetic_vector,
    sinusoid,
    size_vector,
)
from pipelines.families.text import PictureSize

SIZE = PictureSize(width=96, height=64)
OPTIONS = GenerationOptions.from_mapping(
    {
        "sdxl_crop_top": 8,
        "sdxl_crop_left": 16,
        "sdxl_refiner_low_aesthetic_score": 2.0,
        "sdxl_refiner_high_aesthetic_score": 6.5,
    }
)


def numbers_in(vector: Tensor, width: int) -> list[float]:
    """The numbers behind the pooled text, by the slowest of their sines."""
    sines = vector[0, width:].reshape(-1, 256)[:, 255]
    return (torch.asin(sines) * 10000 ** (127 / 128)).tolist()


def test_a_sinusoid_is_cosines_then_sines() -> None:
    made = sinusoid(torch.tensor([0.0, 2.0]))
    assert (made.dtype, made.shape) == (torch.float32, (2, 256))
    assert made[0].tolist() == [1.0] * 128 + [0.0] * 128
    for place in (0, 64, 127):
        angle = 2.0 * 10000 ** (-place / 128)
        assert float(made[1, place]) == pytest.approx(math.cos(angle), abs=1e-6)
        assert float(made[1, 128 + place]) == pytest.approx(math.sin(angle), abs=1e-6)


@pytest.mark.parametrize("negative", [True, False])
def test_sizes_are_height_first_then_crop_then_target(negative: bool) -> None:
    vector = size_vector(torch.full((2, 5), 7.0), SIZE, OPTIONS, negative)
    assert vector.shape == (2, 5 + SIZE_WIDTH)
    assert bool((vector[:, :5] == 7).all())
    assert torch.equal(vector[0], vector[1])
    assert numbers_in(vector, 5) == pytest.approx([64, 96, 8, 16, 64, 96], abs=0.3)


@pytest.mark.parametrize(("negative", "score"), [(True, 2.0), (False, 6.5)])
def test_the_refiner_has_a_score_for_each_prompt(negative: bool, score: float) -> None:
    vector = aesthetic_vector(torch.zeros(1, 5), SIZE, OPTIONS, negative)
    assert vector.shape == (1, 5 + AESTHETIC_WIDTH)
    assert numbers_in(vector, 5) == pytest.approx([64, 96, 8, 16, score], abs=0.3)


def test_half_precision_rounds_large_sizes() -> None:
    odd, even = PictureSize(width=64, height=2049), PictureSize(width=64, height=2048)
    half = torch.zeros(1, 5, dtype=torch.float16)
    made = size_vector(half, odd, OPTIONS, False)
    assert made.dtype is torch.float16
    assert torch.equal(made, size_vector(half, even, OPTIONS, False))
    whole = half.float()
    assert not torch.equal(size_vector(whole, odd, OPTIONS, False), size_vector(whole, even, OPTIONS, False))
