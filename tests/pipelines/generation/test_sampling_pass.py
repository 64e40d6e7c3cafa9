"""Noise that leads to a picture, mixed with random noise at the same variance."""

from __future__ import annotations

import pytest
import torch

from pipelines.generation.sampling_pass import FoundNoise


def test_mixed_noise_keeps_its_variance() -> None:
    generator = torch.Generator().manual_seed(1)
    noise, drawn = torch.randn(2, 1, 4, 64, 64, generator=generator)
    mixed = FoundNoise(noise=noise, randomness=0.5).mixed(drawn, torch.zeros_like(noise), 14.6)
    assert abs(float(mixed.std()) - 1) < 0.02
    latent = torch.ones_like(noise)
    alone = FoundNoise(noise=noise, randomness=0.0).mixed(drawn, latent, 10.0)
    assert torch.allclose(latent + alone * 10.0, noise * 10.0, atol=1e-5)


@pytest.mark.parametrize(
    ("randomness", "expected"), [(0.0, 3.0), (1.0, 4.0), (0.5, 3.5 / 0.5**0.5), (0.2, 3.2 / 0.68**0.5)]
)
def test_the_share_of_random_noise_is_the_randomness(randomness: float, expected: float) -> None:
    """((1 - r) n + r d) / sqrt((1 - r)^2 + r^2) of n = 3 and d = 4."""
    found = FoundNoise(noise=torch.tensor([3.0]), randomness=randomness)
    assert found.mixed(torch.tensor([4.0]), torch.zeros(1), 14.6).item() == pytest.approx(expected)


def test_drawn_noise_takes_the_precision_of_the_found() -> None:
    found = FoundNoise(noise=torch.zeros(1, dtype=torch.float16), randomness=1.0)
    assert found.mixed(torch.ones(1, dtype=torch.float64), found.noise, 1.0).dtype is torch.float16
