"""LCM jumps to the prediction and climbs back to the next level by fresh noise."""

from __future__ import annotations

import pytest

from pipelines.sampling.noise.image_rng import ImageRNG
from pipelines.sampling.samplers.lcm import lcm
from pipelines.sampling.sampling_plan import PassRequest, plan_sampling
from tests.pipelines.sampling.samplers.harness import (
    TABLE,
    CountedNoise,
    UnitNoise,
    drive,
    levels,
    one_pixel,
    with_answers,
)

SHAPE = (1, 4, 32, 32)


def test_it_ends_at_the_prediction() -> None:
    plan = plan_sampling(PassRequest(sampler="LCM", steps=4), TABLE)
    x = plan.start(ImageRNG(shape=SHAPE[1:], seeds=[3]).next())
    final, calls = drive(plan.run(x, CountedNoise(SHAPE)), lambda point: point.x * 0 + float(point.step))
    assert [float(plan.table.sigma_to_t(call.sigma)) for call in calls] == [999, 679, 339, 19]
    assert float(final.mean()) == 3.0


def test_noise_comes_to_the_next_level_but_not_to_the_last() -> None:
    final, calls = drive(lcm(one_pixel(9.0), levels(8, 3, 0), UnitNoise()), with_answers(2.0, 4.0))
    assert [float(call.x) for call in calls] == pytest.approx([9.0, 2.0 + 3.0])
    assert float(final) == 4.0
