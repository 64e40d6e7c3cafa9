"""A plan holds one text and one seed for each picture, and the sizes of both passes."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace
from pathlib import Path

import pytest

from pipelines.contract.requests import Hires, Seeds
from pipelines.generation.plan import plan_generation
from tests.engines import make_request


def test_every_picture_has_a_text_and_a_seed(models_dir: Path) -> None:
    plan = plan_generation(make_request(models_dir, batch_size=2, batch_count=3))
    assert plan.seeds == (1, 2, 3, 4, 5, 6)
    assert len(plan.texts.prompts) == len(plan.subseeds) == 6
    assert plan.seeds[plan.batch(2)] == (5, 6)


def test_a_variation_keeps_the_seed(models_dir: Path) -> None:
    seeds = Seeds(seed=7, subseed=20, subseed_strength=0.5)
    plan = plan_generation(make_request(models_dir, batch_size=2, seeds=seeds))
    assert plan.seeds == (7, 7)
    assert plan.subseeds == (20, 21)


def test_hires_fix_adds_a_pass_and_its_sizes(models_dir: Path) -> None:
    plain = plan_generation(make_request(models_dir))
    assert (plain.passes, plain.hires) == (1, None)
    plan = plan_generation(make_request(models_dir, hires=Hires(scale=1.5)))
    assert plan.passes == 2
    assert plan.hires is not None
    assert (plan.hires.upscale_width, plan.hires.upscale_height) == (96, 96)


def test_a_plan_stays_as_it_was_made(models_dir: Path) -> None:
    plan = plan_generation(make_request(models_dir))
    with pytest.raises(FrozenInstanceError):
        plan.width = 128  # type: ignore[misc]
    assert replace(plan, width=128).width == 128
