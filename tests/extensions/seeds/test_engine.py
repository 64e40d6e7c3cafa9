"""Seeds in a generation: which batches get varied noise, and the infotext pairs of each picture."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest
import torch

from extensions.seeds.engine import placed_pairs, rng_hook
from extensions.seeds.varied import VariedRNG
from pipelines.contract.options import GenerationOptions
from pipelines.contract.requests import Churn, Seeds
from pipelines.generation.job import GenerationJob
from pipelines.sampling.noise.image_rng import ImageRNG
from tests.pipelines.jobs.helpers import make_request

PLAIN: dict[str, Any] = {
    "Variation seed": None,
    "Variation seed strength": None,
    "Seed resize from": None,
    "ENSD": None,
}


def job(*, ensd: int = 0, sampler: str = "Euler a", **values: Any) -> GenerationJob:
    """A job of two batches of two pictures, with cells of eight pixels."""
    churn = values.pop("churn", Churn())
    options = GenerationOptions(extension={"eta_noise_seed_delta": ensd})
    request = make_request(sampler=sampler, options=options, churn=churn)
    seeds = Seeds(seed=1, subseed=7, **values)
    object.__setattr__(request, "seeds", seeds)
    plan = SimpleNamespace(subseeds=(7, 8, 9, 10), batch=lambda index: slice(2 * index, 2 * index + 2))
    loaded = SimpleNamespace(latents=SimpleNamespace(cells=lambda pixels: pixels // 8))
    return cast("GenerationJob", SimpleNamespace(request=request, plan=plan, loaded=loaded))


def varied(given: GenerationJob, batch: int = 0) -> VariedRNG:
    change = rng_hook(given, batch)
    assert change is not None
    made = change(ImageRNG(shape=(4, 8, 8), seeds=[5, 6]))
    assert isinstance(made, VariedRNG)
    return made


def test_plain_seeds_leave_the_noise_alone() -> None:
    assert rng_hook(job(), 0) is None
    assert rng_hook(job(resize_width=64), 0) is None
    assert placed_pairs(job(), 0) == PLAIN


def test_a_batch_has_its_own_subseeds() -> None:
    made = varied(job(subseed_strength=0.25), batch=1)
    assert (made.subseeds, made.subseed_strength, made.seeds) == ((9, 10), 0.25, [5, 6])
    assert torch.equal(made.next(), varied(job(subseed_strength=0.25), batch=1).next())
    pairs = placed_pairs(job(subseed_strength=0.25), 3)
    assert pairs == {**PLAIN, "Variation seed": 10, "Variation seed strength": 0.25}


def test_noise_of_another_size_is_counted_in_cells() -> None:
    resized = job(resize_width=64, resize_height=128)
    assert varied(resized).resize == (16, 8)
    assert placed_pairs(resized, 0) == {**PLAIN, "Seed resize from": "64x128"}


@pytest.mark.parametrize(
    ("sampler", "churn", "told"),
    [
        ("Euler a", Churn(), 31337),
        ("Euler a", Churn(eta=0.0), None),
        ("Euler", Churn(), None),
    ],
)
def test_ensd_restarts_all_samplers_and_is_told_of_those_that_add_noise(
    sampler: str, churn: Churn, told: int | None
) -> None:
    given = job(ensd=31337, sampler=sampler, churn=churn)
    assert varied(given).ensd == 31337
    assert placed_pairs(given, 0)["ENSD"] == told
