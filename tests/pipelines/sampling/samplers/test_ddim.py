"""DDIM and CFG++ on Gaussian data, whose exact path is known, and one step by hand."""

from __future__ import annotations

import math

import torch

from pipelines.sampling.samplers.ddim import ddim, ddim_cfgpp
from pipelines.sampling.step import Evaluate, GuidedEps
from tests.pipelines.sampling.samplers.harness import (
    TABLE,
    CountedNoise,
    deviation_at,
    drive,
    predict_eps,
    rising_timesteps,
)

SHAPE = (2, 1, 2, 2)
ALPHAS = TABLE.alphas_cumprod
X = torch.linspace(-1.0, 1.0, 8).reshape(SHAPE)


def test_ddim_follows_the_path_and_skips_the_lowest_timestep() -> None:
    noise = CountedNoise(SHAPE)
    final, calls = drive(ddim(X, rising_timesteps(200), noise, alphas_cumprod=ALPHAS), predict_eps)
    expected = X * deviation_at(1) / deviation_at(996)
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
