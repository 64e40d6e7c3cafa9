"""DDIM, CFG++, PLMS and UniPC on Gaussian data, whose exact path is known."""

from __future__ import annotations

import math
from typing import Literal

import pytest
import torch

from pipelines.sampling.samplers.ddim import ddim, ddim_cfgpp
from pipelines.sampling.samplers.plms import plms
from pipelines.sampling.samplers.unipc import unipc
from pipelines.sampling.step import Evaluate, GuidedEps
from pipelines.sampling.vp_schedule import VpSchedule
from tests.pipelines.sampling.samplers.harness import DATA_STD, TABLE, CountedNoise, drive, predict_eps

SHAPE = (2, 1, 2, 2)
ALPHAS = TABLE.alphas_cumprod
X = torch.linspace(-1.0, 1.0, 8).reshape(SHAPE)


def deviation(alpha: float) -> float:
    return math.sqrt(alpha * DATA_STD**2 + 1 - alpha)


def timesteps(steps: int) -> torch.Tensor:
    return torch.arange(0, 1000, 1000 // steps) + 1


def test_ddim_follows_the_path_and_skips_the_lowest_timestep() -> None:
    noise = CountedNoise(SHAPE)
    final, calls = drive(ddim(X, timesteps(200), noise, alphas_cumprod=ALPHAS), predict_eps)
    expected = X * deviation(float(ALPHAS[1])) / deviation(float(ALPHAS[996]))
    assert torch.allclose(final, expected, atol=2e-2)
    assert [int(call.sigma) for call in calls[:2]] == [996, 991]
    assert int(calls[-1].sigma) == 6
    assert noise.draws == len(calls) == 199


def test_one_ddim_step_by_hand() -> None:
    steps = torch.tensor([1, 501])
    eps = torch.full(SHAPE, 0.3)
    final, calls = drive(ddim(X, steps, CountedNoise(SHAPE), alphas_cumprod=ALPHAS), lambda _: eps)
    a, previous = float(ALPHAS[501]), float(ALPHAS[1])
    x0 = (X - math.sqrt(1 - a) * 0.3) / math.sqrt(a)
    assert len(calls) == 1
    assert torch.allclose(final, math.sqrt(previous) * x0 + math.sqrt(1 - previous) * 0.3, atol=1e-5)


def test_eta_adds_noise() -> None:
    steps = torch.tensor([1, 501])
    zero = torch.zeros(SHAPE)
    noise = CountedNoise(SHAPE)
    final, _ = drive(ddim(zero, steps, noise, alphas_cumprod=ALPHAS, eta=1.0), lambda _: zero)
    a, previous = float(ALPHAS[501]), float(ALPHAS[1])
    sigma = math.sqrt((1 - previous) / (1 - a) * (1 - a / previous))
    assert torch.allclose(final, sigma * CountedNoise(SHAPE)(), atol=1e-6)


def test_cfgpp_moves_along_the_unconditional_prediction() -> None:
    steps = torch.tensor([1, 501])
    guided, uncond = torch.full(SHAPE, 0.3), torch.full(SHAPE, -0.2)

    def model(_: Evaluate) -> GuidedEps:
        return GuidedEps(guided, uncond)

    final, _ = drive(ddim_cfgpp(X, steps, CountedNoise(SHAPE), alphas_cumprod=ALPHAS), model)
    a, previous = float(ALPHAS[501]), float(ALPHAS[1])
    x0 = (X - math.sqrt(1 - a) * guided) / math.sqrt(a)
    assert torch.allclose(final, math.sqrt(previous) * x0 + math.sqrt(1 - previous) * uncond, atol=1e-5)


def test_plms_is_more_accurate_than_ddim() -> None:
    expected = X * deviation(float(ALPHAS[1])) / deviation(float(ALPHAS[951]))
    ours, calls = drive(plms(X, timesteps(20), CountedNoise(SHAPE), alphas_cumprod=ALPHAS), predict_eps)
    theirs, _ = drive(ddim(X, timesteps(20), CountedNoise(SHAPE), alphas_cumprod=ALPHAS), predict_eps)
    assert [int(call.sigma) for call in calls[:3]] == [951, 901, 901]
    assert (ours - expected).abs().max() < 0.5 * (theirs - expected).abs().max()


Variant = Literal["bh1", "bh2", "vary_coeff"]


@pytest.mark.parametrize(
    ("variant", "order", "tolerance"),
    [
        ("bh1", 1, 1e-3),
        ("bh1", 2, 1e-4),
        ("bh1", 3, 1e-4),
        ("bh2", 1, 1e-3),
        ("bh2", 2, 1e-4),
        ("bh2", 3, 1e-4),
        ("vary_coeff", 1, 1e-3),
        ("vary_coeff", 3, 1e-2),  # the published code's corrector is of first order only
    ],
)
def test_unipc_follows_the_path(variant: Variant, order: int, tolerance: float) -> None:
    run = unipc(
        X,
        timesteps(125),
        CountedNoise(SHAPE),
        alphas_cumprod=ALPHAS,
        variant=variant,
        order=order,
        skip_type="logSNR",
    )
    final, calls = drive(run, predict_eps)
    expected = X * deviation(float(ALPHAS[0])) / deviation(float(ALPHAS[999]))
    assert len(calls) == 125
    assert float(calls[0].sigma) == pytest.approx(999.0, abs=1e-2)
    assert torch.allclose(final, expected, atol=tolerance)


@pytest.mark.parametrize("skip", ["time_uniform", "time_quadratic", "logSNR"])
def test_unipc_grids_run_from_start_to_end(skip: Literal["time_uniform", "time_quadratic", "logSNR"]) -> None:
    grid = VpSchedule(ALPHAS).grid(skip, 0.8, 0.001, 10)
    assert len(grid) == 11
    assert bool((grid.diff() < 0).all())
    assert float(grid[0]) == pytest.approx(0.8, abs=1e-4)
    assert float(grid[-1]) == pytest.approx(0.001, abs=1e-4)


def test_unipc_lowers_its_order_at_the_end() -> None:
    both = [
        drive(
            unipc(X, timesteps(5), CountedNoise(SHAPE), alphas_cumprod=ALPHAS, lower_order_final=lower),
            predict_eps,
        )
        for lower in (True, False)
    ]
    assert len(both[0][1]) == len(both[1][1]) == 5
    assert not torch.equal(both[0][0], both[1][0])


def test_lambda_inverts() -> None:
    schedule = VpSchedule(ALPHAS)
    taus = torch.tensor([0.01, 0.2505, 0.9])
    assert torch.allclose(schedule.tau_of(schedule.lambda_(taus)), taus, atol=1e-4)
