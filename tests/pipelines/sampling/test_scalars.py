"""Scalar pieces of samplers by hand; churn raises the level inside its window only, and always draws."""

from __future__ import annotations

import math

import pytest
import torch

from pipelines.sampling.samplers.euler import euler
from pipelines.sampling.scalars import ancestral_split, derivative, from_log_time, log_midpoint, log_time
from tests.pipelines.sampling.samplers.harness import CountedNoise, denoise, drive

SHAPE = (1, 1, 2, 2)
SIGMAS = torch.tensor([10.0, 5.0, 1.0, 0.0])


def levels(**churn: float) -> list[float]:
    _, calls = drive(euler(torch.ones(SHAPE), SIGMAS, CountedNoise(SHAPE), **churn), denoise)
    return [float(call.sigma) for call in calls]


def test_churn_is_off_by_default() -> None:
    assert levels() == [10.0, 5.0, 1.0]


def test_churn_keeps_to_its_window() -> None:
    assert levels(s_churn=0.3, s_tmin=2.0, s_tmax=6.0) == pytest.approx([10.0, 5.5, 1.0])


def test_gamma_is_limited() -> None:
    assert levels(s_churn=100.0) == pytest.approx([sigma * 2**0.5 for sigma in (10.0, 5.0, 1.0)])


def test_noise_lands_at_the_raised_level() -> None:
    noise = CountedNoise((1, 1, 64, 64))
    _, calls = drive(euler(torch.zeros(1, 1, 64, 64), SIGMAS, noise, s_churn=0.3, s_noise=2.0), denoise)
    assert float(calls[0].x.std()) == pytest.approx(2.0 * (11.0**2 - 10.0**2) ** 0.5, rel=0.05)


def test_a_straight_step_lands_at_the_prediction() -> None:
    x, denoised = torch.tensor([7.0]), torch.tensor([3.0])
    slope = derivative(x, torch.tensor(2.0), denoised)
    assert slope.tolist() == [2.0]
    assert (x + slope * (0 - 2.0)).tolist() == [3.0]


def test_log_time_and_back() -> None:
    t = log_time(torch.tensor([1.0, math.e, 0.0]))
    assert t.tolist() == pytest.approx([0.0, -1.0, math.inf])
    assert from_log_time(t).tolist() == pytest.approx([1.0, math.e, 0.0])


@pytest.mark.parametrize(
    ("eta", "down", "up"),
    [
        (0.0, 1.0, 0.0),
        (1.0, 0.5, 0.75**0.5),
        (0.5, (1 - 0.1875) ** 0.5, 0.1875**0.5),
        (9.0, 0.0, 1.0),  # no more noise than the level has
    ],
)
def test_an_ancestral_step_from_two_to_one(eta: float, down: float, up: float) -> None:
    """Its variance is eta^2 * 1 * (4 - 1) / 4."""
    found = ancestral_split(torch.tensor(2.0), torch.tensor(1.0), eta)
    assert [float(part) for part in found] == pytest.approx([down, up])


def test_an_ancestral_step_to_zero_adds_no_noise() -> None:
    down, up = ancestral_split(torch.tensor(2.0), torch.tensor(0.0), 1.0)
    assert (float(down), float(up)) == (0.0, 0.0)


def test_the_middle_of_two_levels_is_their_geometric_mean() -> None:
    assert float(log_midpoint(torch.tensor(1.0), torch.tensor(9.0))) == pytest.approx(3.0)
