"""The levels that Restart walks."""

from __future__ import annotations

from itertools import pairwise

import pytest
import torch

from pipelines.sampling.samplers.restart import restart
from pipelines.sampling.sampling_plan import PassRequest, plan_sampling
from tests.pipelines.sampling.samplers.harness import TABLE, CountedNoise, denoise, drive

SHAPE = (1, 1, 2, 2)
BASE = [14.61464, 9.55827, 6.08216, 3.75126, 2.23216, 1.27411, 0.69257, 0.35518, 0.16976, 0.07436, 0.02917]
SEGMENT = [2.23216, 1.64381, 1.19372, 0.85369, 0.6003, 0.41432, 0.28009, 0.185, 0.11904, 0.07436]


def heun_levels(pairs: list[tuple[float, float]]) -> list[float]:
    return [level for start, end in pairs for level in ((start, end) if end else (start,))]


def walk(levels: list[float]) -> list[tuple[float, float]]:
    return list(pairwise(levels))


def test_twenty_steps_restart_once() -> None:
    plan = plan_sampling(PassRequest(sampler="Restart", steps=20), TABLE)
    _, calls = drive(plan.run(torch.ones(SHAPE), CountedNoise(SHAPE)), denoise)
    expected = heun_levels(walk(BASE[:10]) + walk(SEGMENT) + walk([*BASE[9:], 0.0]))
    assert [float(call.sigma) for call in calls] == pytest.approx(expected, abs=1e-4)


def test_from_thirty_six_steps_on_it_restarts_twice() -> None:
    noise = CountedNoise(SHAPE)
    plan = plan_sampling(PassRequest(sampler="Restart", steps=36), TABLE)
    _, calls = drive(plan.run(torch.ones(SHAPE), noise), denoise)
    assert (noise.draws, len(calls)) == (2, 71)


def test_no_restart_if_the_range_lies_below_it() -> None:
    noise = CountedNoise(SHAPE)
    sigmas = torch.linspace(0.09, 0.01, 21)
    drive(restart(torch.ones(SHAPE), torch.cat([sigmas, torch.zeros(1)]), noise), denoise)
    assert noise.draws == 0
