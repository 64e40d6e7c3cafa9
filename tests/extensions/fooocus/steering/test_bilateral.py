"""The joint bilateral filter."""

from __future__ import annotations

import torch

from extensions.fooocus.steering.bilateral import joint_bilateral


def test_flat_values_stay() -> None:
    values = torch.full((2, 4, 16, 20), 3.0)
    assert torch.allclose(joint_bilateral(values, torch.randn(2, 4, 16, 20)), values, atol=1e-5)


def test_noise_gets_less_and_edges_of_the_guide_stay() -> None:
    guide = torch.zeros(1, 4, 32, 32)
    guide[..., 16:] = 50.0
    values = guide + torch.randn(1, 4, 32, 32, generator=torch.Generator().manual_seed(1))
    made = joint_bilateral(values, guide)
    left = made[..., 2:30, 3:13]
    assert left.std() < 0.3 * values[..., 2:30, 3:13].std()
    assert made[..., :16].mean() < 1
    assert made[..., 16:].mean() > 49


def test_small_pictures_have_edges_too() -> None:
    assert joint_bilateral(torch.randn(1, 4, 4, 5), torch.randn(1, 4, 4, 5)).shape == (1, 4, 4, 5)
