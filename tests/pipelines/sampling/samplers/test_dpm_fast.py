"""DPM fast makes as many model calls as it is asked for, most of them in steps of the third order."""

from __future__ import annotations

from collections import Counter

import pytest
import torch

from pipelines.sampling.samplers.dpm_fast import dpm_fast
from tests.pipelines.sampling.samplers.harness import CountedNoise, denoise, drive, exact

SHAPE = (1, 1, 2, 2)
HIGH, LOW = 5.0, 0.1


def test_it_converges() -> None:
    sigmas = torch.tensor([HIGH, LOW])
    x = torch.full(SHAPE, HIGH)
    for n, tolerance in ((12, 5e-3), (48, 6e-4)):
        run = dpm_fast(x, sigmas, CountedNoise(SHAPE), sigma_min=LOW, sigma_max=HIGH, n=n)
        final, calls = drive(run, denoise)
        assert len(calls) == n
        assert torch.allclose(final, exact(x, HIGH, LOW), atol=tolerance)


@pytest.mark.parametrize(
    ("n", "orders"), [(3, [2, 1]), (4, [3, 1]), (5, [3, 2]), (6, [3, 2, 1]), (9, [3, 3, 2, 1])]
)
def test_calls_are_shared_out_as_in_the_paper(n: int, orders: list[int]) -> None:
    """Lu et al. 2022, section 3.4: a remainder of 0 gives up one step of order 3 for orders 2 and 1."""
    run = dpm_fast(
        torch.ones(SHAPE), torch.tensor([HIGH]), CountedNoise(SHAPE), sigma_min=LOW, sigma_max=HIGH, n=n
    )
    _, calls = drive(run, denoise)
    assert list(Counter(call.step for call in calls).values()) == orders
    assert [round(float(calls[0].sigma), 4), calls[-1].step] == [HIGH, len(orders) - 1]


def test_eta_draws_once_a_step() -> None:
    noise = CountedNoise(SHAPE)
    x = torch.zeros(SHAPE)
    drive(dpm_fast(x, torch.tensor([HIGH]), noise, sigma_min=LOW, sigma_max=HIGH, n=6, eta=1.0), denoise)
    assert noise.draws == 3
