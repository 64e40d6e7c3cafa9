"""The moment at which the refiner takes over."""

from __future__ import annotations

from typing import cast

import pytest
import torch

from extensions.refiner.switch import RefinerSwitch
from pipelines.denoising.denoiser import Predictor

FIRST, SECOND = cast("Predictor", object()), cast("Predictor", object())
SIGMAS = torch.linspace(0.0, 10.0, 1000)


def switch(
    at: float | None, *, by_steps: bool = False, timesteps: bool = False, steps: int = 4
) -> RefinerSwitch:
    return RefinerSwitch(
        make=lambda: SECOND,
        switch_at=at,
        by_steps=by_steps,
        total_steps=steps,
        sigmas=SIGMAS,
        timestep_family=timesteps,
    )


@pytest.mark.parametrize(
    ("at", "sigma", "expected"), [(0.5, 6.0, FIRST), (0.5, 4.0, SECOND), (None, 10.0, SECOND)]
)
def test_it_counts_noise_levels(at: float | None, sigma: float, expected: Predictor) -> None:
    assert switch(at)(FIRST, torch.tensor(sigma), 0) is expected


@pytest.mark.parametrize(("call", "expected"), [(1, FIRST), (2, SECOND)])
def test_it_counts_steps_where_asked(call: int, expected: Predictor) -> None:
    assert switch(0.5, by_steps=True)(FIRST, torch.tensor(10.0), call) is expected


def test_samplers_of_timesteps_tell_theirs() -> None:
    assert switch(0.5, timesteps=True)(FIRST, torch.tensor(600.0), 0) is FIRST
    assert switch(0.5, timesteps=True)(FIRST, torch.tensor(400.0), 0) is SECOND


def test_it_switches_once() -> None:
    once = switch(None)
    assert once(FIRST, torch.tensor(1.0), 0) is SECOND
    assert once(FIRST, torch.tensor(1.0), 1) is FIRST
