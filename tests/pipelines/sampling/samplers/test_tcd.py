"""TCD lands below the next level and climbs back; DDPM's step is Euler a's."""

from __future__ import annotations

import pytest
import torch

from pipelines.sampling.samplers.euler_ancestral import euler_ancestral
from pipelines.sampling.samplers.tcd import tcd
from pipelines.sampling.sampling_plan import PassRequest, plan_sampling
from tests.pipelines.sampling.samplers.harness import TABLE, CountedNoise, denoise, drive

SHAPE = (1, 4, 16, 16)


def test_it_lands_at_its_share_of_the_next_timestep() -> None:
    plan = plan_sampling(PassRequest(sampler="TCD", scheduler="SGM Uniform LCM", steps=4), TABLE)
    next_timesteps = TABLE.sigma_to_t(plan.schedule[1:4])
    landed = TABLE.sigma_to_t(plan.arguments["landings"][:3])
    assert landed.tolist() == pytest.approx((0.7 * next_timesteps).floor().tolist(), abs=0.1)
    assert float(plan.arguments["landings"][-1]) == 0


def test_landing_at_every_level_is_deterministic() -> None:
    sigmas = torch.tensor([8.0, 3.0, 1.0, 0.0])
    noise = CountedNoise(SHAPE)
    x = noise() * 8
    final, calls = drive(tcd(x, sigmas, noise, landings=sigmas[1:]), denoise)
    expected = x
    for sigma, below in ((8.0, 3.0), (3.0, 1.0), (1.0, 0.0)):
        clean = expected * 0.25 / (0.25 + sigma**2)
        expected = clean + (expected - clean) / sigma * below
    torch.testing.assert_close(final, expected)
    assert len(calls) == 3


def test_a_step_of_ddpm_is_one_of_euler_a() -> None:
    """Ho et al. 2020, equation 7, in terms of x / sqrt(alpha): the posterior's mean and deviation."""
    sigma, below = torch.tensor(4.0), torch.tensor(1.5)
    noise = CountedNoise(SHAPE)
    x = noise() * sigma
    fresh = torch.randn(SHAPE, generator=torch.Generator().manual_seed(5))

    class Fresh(CountedNoise):
        def __call__(self) -> torch.Tensor:
            return fresh

    run = euler_ancestral(x, torch.stack([sigma, below, torch.tensor(0.0)]), Fresh(SHAPE))
    next(run)
    clean = x * 0.2
    after = run.send(clean).x
    alpha, alpha_below = 1 / (1 + sigma**2), 1 / (1 + below**2)
    beta = 1 - alpha / alpha_below
    mean = (
        alpha_below.sqrt() * beta * clean
        + (alpha / alpha_below).sqrt() * (1 - alpha_below) * x * alpha.sqrt()
    )
    mean = mean / (1 - alpha)
    deviation = (beta * (1 - alpha_below) / (1 - alpha)).sqrt()
    torch.testing.assert_close(after, (mean + deviation * fresh) / alpha_below.sqrt())
