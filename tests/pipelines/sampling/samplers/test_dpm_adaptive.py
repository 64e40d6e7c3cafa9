"""DPM adaptive chooses its own steps: it tries again where two orders differ too much."""

from __future__ import annotations

from itertools import pairwise

import torch

from pipelines.sampling.samplers.dpm_adaptive import dpm_adaptive
from pipelines.sampling.step import Evaluate
from tests.pipelines.sampling.samplers.harness import CountedNoise, denoise, drive, exact

SHAPE = (1, 1, 2, 2)
HIGH, LOW = 5.0, 0.1


def test_it_meets_its_tolerance() -> None:
    sigmas = torch.tensor([HIGH, LOW])
    x = torch.full(SHAPE, HIGH)
    noise = CountedNoise(SHAPE)
    final, calls = drive(dpm_adaptive(x, sigmas, noise, sigma_min=LOW, sigma_max=HIGH), denoise)
    assert torch.allclose(final, exact(x, HIGH, LOW), rtol=0.05)
    assert len(calls) % 3 == 0
    assert noise.draws <= len(calls) // 3


def test_a_refused_step_is_tried_again_with_a_shorter_one() -> None:
    answers = iter([0.0, 500.0, -500.0])

    def rough_at_first(point: Evaluate) -> torch.Tensor:
        return torch.full_like(point.x, next(answers, 0.0))

    noise = CountedNoise(SHAPE)
    run = dpm_adaptive(torch.ones(SHAPE), torch.tensor([HIGH]), noise, sigma_min=4.0, sigma_max=HIGH)
    _, calls = drive(run, rough_at_first)
    first, again = calls[:3], calls[3:6]
    assert float(again[0].sigma) == float(first[0].sigma) == HIGH
    assert torch.equal(again[0].x, torch.ones(SHAPE))
    assert HIGH > float(again[1].sigma) > float(first[1].sigma)
    assert noise.draws == len(calls) // 3 - 1


def test_an_accepted_step_may_lengthen_the_next() -> None:
    run = dpm_adaptive(
        torch.ones(SHAPE), torch.tensor([HIGH]), CountedNoise(SHAPE), sigma_min=LOW, sigma_max=HIGH
    )
    _, calls = drive(run, lambda point: torch.zeros_like(point.x))  # a straight path, of no error
    starts = [float(call.sigma) for call in calls[::3]]
    ratios = [after / before for before, after in pairwise(starts)]
    assert ratios == sorted(ratios, reverse=True)
    assert len(calls) < 3 * 10


def test_nothing_is_left_to_do_at_the_end() -> None:
    x = torch.ones(SHAPE)
    run = dpm_adaptive(x, torch.tensor([LOW]), CountedNoise(SHAPE), sigma_min=LOW, sigma_max=LOW)
    final, calls = drive(run, denoise)
    assert final is x and not calls
