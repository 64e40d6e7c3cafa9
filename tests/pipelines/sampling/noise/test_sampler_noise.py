"""Noise of a sampler: its images' streams, and a path only where it was given one."""

from __future__ import annotations

import pytest
import torch

from pipelines.sampling.noise.brownian import brownian_noise
from pipelines.sampling.noise.image_rng import ImageRNG
from pipelines.sampling.noise.sampler_noise import SamplerNoise

SHAPE = (1, 2, 2)


def test_draws_follow_the_initial_noise() -> None:
    rng, same = ImageRNG(shape=SHAPE, seeds=[1, 2]), ImageRNG(shape=SHAPE, seeds=[1, 2])
    rng.next()
    same.next()
    assert torch.equal(SamplerNoise(rng=rng)(), same.next())


def test_a_path_is_asked_for_the_step_or_lacks() -> None:
    rng = ImageRNG(shape=SHAPE, seeds=[1])
    high, low = torch.tensor(3.0), torch.tensor(2.0)
    path = brownian_noise([1], SHAPE, (0.1, 10.0))
    between = SamplerNoise(rng=rng, brownian=path).between(high, low)
    assert torch.equal(between, path.between(high, low))
    with pytest.raises(ValueError, match="no Brownian path"):
        SamplerNoise(rng=rng).between(high, low)
