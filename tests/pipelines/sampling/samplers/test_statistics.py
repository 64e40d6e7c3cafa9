"""Every sampler turns noise into samples with (about) the deviation of the data."""

from __future__ import annotations

import pytest

from pipelines.sampling.noise.image_rng import ImageRNG
from pipelines.sampling.sampler_table import SAMPLER_INFOS
from pipelines.sampling.sampling_plan import PassRequest, plan_sampling
from tests.pipelines.sampling.samplers.harness import DATA_STD, TABLE, CountedNoise, drive, model_for

SHAPE = (1, 4, 32, 32)


@pytest.mark.parametrize("name", [name for name in SAMPLER_INFOS if name not in ("LCM", "TCD")])
def test_deviation(name: str) -> None:
    plan = plan_sampling(PassRequest(sampler=name, steps=40), TABLE)
    x = plan.start(ImageRNG(shape=SHAPE[1:], seeds=[3]).next())
    noise = CountedNoise(SHAPE, sigma_range=plan.sigma_range if plan.sampler.family == "sigma" else (0, 1))
    final, _ = drive(plan.run(x, noise), model_for(plan))
    assert float(final.std()) == pytest.approx(DATA_STD, rel=0.13)
