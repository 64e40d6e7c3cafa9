"""The variance-preserving schedule in continuous time."""

from __future__ import annotations

from typing import get_args

import pytest
import torch

from pipelines.sampling.vp_schedule import SkipType, VpSchedule
from tests.pipelines.sampling.samplers.harness import TABLE

ALPHAS = TABLE.alphas_cumprod


@pytest.mark.parametrize("skip", get_args(SkipType))
def test_grids_run_from_start_to_end(skip: SkipType) -> None:
    grid = VpSchedule(ALPHAS).grid(skip, 0.8, 0.001, 10)
    assert len(grid) == 11
    assert bool((grid.diff() < 0).all())
    assert float(grid[0]) == pytest.approx(0.8, abs=1e-4)
    assert float(grid[-1]) == pytest.approx(0.001, abs=1e-4)


def test_lambda_inverts() -> None:
    schedule = VpSchedule(ALPHAS)
    taus = torch.tensor([0.01, 0.2505, 0.9])
    assert torch.allclose(schedule.tau_of(schedule.lambda_(taus)), taus, atol=1e-4)


def test_training_steps_have_their_own_alphas() -> None:
    schedule = VpSchedule(ALPHAS)
    tau = torch.tensor([0.001, 0.5, 1.0])  # steps 0, 499 and 999
    alphas = ALPHAS[[0, 499, 999]]
    torch.testing.assert_close(schedule.alpha(tau), alphas.sqrt())
    torch.testing.assert_close(schedule.sigma(tau), (1 - alphas).sqrt(), rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(
        schedule.lambda_(tau), 0.5 * (alphas / (1 - alphas)).log(), rtol=1e-3, atol=1e-3
    )


def test_log_alpha_is_linear_between_steps_and_beyond_the_ends() -> None:
    schedule = VpSchedule(torch.tensor([0.9, 0.4, 0.3, 0.1]))  # at 0.25, 0.5, 0.75 and 1
    first, second, third = schedule.log_alpha(torch.tensor([0.25, 0.5, 0.75])).tolist()
    between, beyond = schedule.log_alpha(torch.tensor([0.625, 0.125])).tolist()
    assert between == pytest.approx((second + third) / 2)
    assert beyond == pytest.approx(first - (second - first) / 2)


def test_a_quadratic_grid_is_even_in_the_root_of_time() -> None:
    grid = VpSchedule(ALPHAS).grid("time_quadratic", 0.81, 0.01, 4)
    assert grid.sqrt().tolist() == pytest.approx([0.9, 0.7, 0.5, 0.3, 0.1])
