"""Counts of each sampler's model calls and draws of noise (the images' streams depend on them)."""

from __future__ import annotations

import pytest

from pipelines.contract.options import GenerationOptions
from pipelines.sampling.sampler_table import SAMPLER_INFOS
from pipelines.sampling.sampling_plan import PassRequest, plan_sampling
from tests.pipelines.sampling.samplers.harness import TABLE, CountedNoise, drive, model_for

SHAPE = (2, 1, 2, 2)


def count(name: str, steps: int, options: GenerationOptions | None = None) -> tuple[int, int, int]:
    """(model calls, draws, Brownian increments)"""
    request = PassRequest(sampler=name, steps=steps, options=options or GenerationOptions())
    plan = plan_sampling(request, TABLE)
    noise = CountedNoise(SHAPE)
    x = plan.start(noise())
    noise.draws = 0
    final, calls = drive(plan.run(x, noise), model_for(plan))
    assert final.shape == SHAPE
    return len(calls), noise.draws, noise.increments


@pytest.mark.parametrize(
    ("name", "calls", "draws", "increments"),
    [
        ("DPM++ 2M", 20, 0, 0),
        ("DPM++ SDE", 39, 0, 38),
        ("DPM++ 2M SDE", 20, 0, 19),
        ("DPM++ 2M SDE Heun", 20, 0, 19),
        ("DPM++ 2S a", 39, 19, 0),
        ("DPM++ 3M SDE", 20, 0, 19),
        ("Euler a", 20, 19, 0),
        ("Euler", 20, 20, 0),
        ("LMS", 20, 0, 0),
        ("Heun", 39, 20, 0),
        ("DPM2", 39, 20, 0),
        ("DPM2 a", 39, 19, 0),
        ("DPM fast", 20, 7, 0),
        ("Restart", 39, 1, 0),
        ("DDIM", 19, 19, 0),
        ("DDIM CFG++", 19, 19, 0),
        ("PLMS", 20, 0, 0),
        ("UniPC", 20, 0, 0),
        ("LCM", 20, 19, 0),
        ("TCD", 20, 19, 0),
    ],
)
def test_twenty_steps(name: str, calls: int, draws: int, increments: int) -> None:
    assert count(name, 20) == (calls, draws, increments)


def test_ancestral_samplers_draw_even_without_eta() -> None:
    options = GenerationOptions(eta_ancestral=0.0)
    assert count("Euler a", 5, options)[1] == 4
    assert count("DPM++ 2S a", 5, options)[1] == 4


def test_ddim_scheduler_lists_may_be_longer_than_asked() -> None:
    assert count("DDIM", 30)[0] == 30
    assert count("PLMS", 30)[0] == 31


@pytest.mark.parametrize("name", SAMPLER_INFOS)
@pytest.mark.parametrize("steps", [1, 2, 3])
def test_few_steps_work(name: str, steps: int) -> None:
    calls, _, _ = count(name, steps)
    assert calls >= steps - 1
