"""Sharpness and adaptive guidance, against their formulas."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from extensions.fooocus.kinds import Steering
from extensions.fooocus.steering.bilateral import joint_bilateral
from extensions.fooocus.steering.guidance import SharpGuidance, progress_of
from pipelines.denoising.guidance_hook import Predictions


def predictions(*, scale: float = 8.0, timestep: float = 499.5, is_noise: bool = False) -> Predictions:
    generator = torch.Generator().manual_seed(1)
    x, cond, uncond = (torch.randn(1, 4, 16, 16, generator=generator) for _ in range(3))
    return Predictions(
        x=x, cond=cond, uncond=uncond, picture=cond, is_noise=is_noise, scale=scale, timestep=timestep
    )


def test_progress_counts_timesteps_down() -> None:
    assert [progress_of(t) for t in (999, 0, 499.5)] == [0.0, 1.0, 0.5]


def test_strong_guidance_is_mimicked_at_first() -> None:
    guide = SharpGuidance(Steering(sharpness=0, adaptive_cfg=7))
    scales = [guide(predictions(scale=11, timestep=t)).scale for t in (999, 499.5, 0)]
    assert scales == pytest.approx([7, 9, 11])
    assert guide(predictions(scale=5)).scale == 5


@pytest.mark.parametrize("is_noise", [False, True])
def test_noise_is_smoothed_by_its_share(is_noise: bool) -> None:
    seen = predictions(is_noise=is_noise)
    made = SharpGuidance(Steering(sharpness=20))(seen)
    noise = seen.cond if is_noise else seen.x - seen.cond
    share = 0.001 * 20 * 0.5
    wanted = share * joint_bilateral(noise, seen.picture) + (1 - share) * noise
    assert torch.allclose(made.cond, wanted if is_noise else seen.x - wanted)
    assert torch.equal(made.uncond, seen.uncond)


def test_nothing_is_done_without_guidance() -> None:
    seen = replace(predictions(), scale=1.0)
    assert SharpGuidance(Steering(sharpness=20))(seen) is seen
