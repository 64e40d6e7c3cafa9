"""Churn raises the level inside its window only, and always draws."""

from __future__ import annotations

import pytest
import torch

from pipelines.sampling.samplers.euler import euler
from tests.pipelines.sampling.samplers.harness import CountedNoise, denoise, drive

SHAPE = (1, 1, 2, 2)
SIGMAS = torch.tensor([10.0, 5.0, 1.0, 0.0])


def levels(**churn: float) -> list[float]:
    _, calls = drive(euler(torch.ones(SHAPE), SIGMAS, CountedNoise(SHAPE), **churn), denoise)
    return [float(call.sigma) for call in calls]


def test_off_by_default() -> None:
    assert levels() == [10.0, 5.0, 1.0]


def test_window() -> None:
    assert levels(s_churn=0.3, s_tmin=2.0, s_tmax=6.0) == pytest.approx([10.0, 5.5, 1.0])


def test_gamma_is_limited() -> None:
    assert levels(s_churn=100.0) == pytest.approx([sigma * 2**0.5 for sigma in (10.0, 5.0, 1.0)])


def test_noise_lands_at_the_raised_level() -> None:
    noise = CountedNoise((1, 1, 64, 64))
    _, calls = drive(euler(torch.zeros(1, 1, 64, 64), SIGMAS, noise, s_churn=0.3, s_noise=2.0), denoise)
    assert float(calls[0].x.std()) == pytest.approx(2.0 * (11.0**2 - 10.0**2) ** 0.5, rel=0.05)
