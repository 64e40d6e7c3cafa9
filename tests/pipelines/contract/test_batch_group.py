"""Generations share a device if they load the same weights for the same size."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from pipelines.contract.batch_group import generation_group
from pipelines.contract.options import GenerationOptions
from pipelines.contract.requests import Churn, Hires, PerPicture, Refiner, ScriptCall, Seeds, Style
from tests.pipelines.jobs.helpers import make_request


@pytest.mark.parametrize(
    "change",
    [
        {"prompt": "a dog"},
        {"negative_prompt": "bad"},
        {"seeds": Seeds(seed=9, subseed=9)},
        {"steps": 50},
        {"sampler": "Heun"},
        {"cfg_scale": 1.0},
        {"churn": Churn(eta=0.5)},
    ],
)
def test_jobs_that_differ_in_small_things_share_a_device(change: dict[str, Any]) -> None:
    assert generation_group(replace(make_request(), **change)) == generation_group(make_request()) != ""


@pytest.mark.parametrize(
    "change",
    [
        {"prompt": "a cat <lora:x:1>"},
        {"styles": (Style(name="s", prompt="<lora:x:1>"),)},
        {"per_picture": PerPicture(prompts=("a cat <lora:x:1>",))},
        {"width": 768},
        {"checkpoint": "two"},
        {"tiling": True},
        {"options": GenerationOptions(sd_vae="other")},
    ],
)
def test_jobs_that_need_other_weights_or_sizes_do_not(change: dict[str, Any]) -> None:
    assert generation_group(replace(make_request(), **change)) != generation_group(make_request())


@pytest.mark.parametrize(
    "change", [{"hires": Hires()}, {"refiner": Refiner(checkpoint="r")}, {"script": ScriptCall(name="x")}]
)
def test_jobs_that_change_weights_or_sizes_midway_are_alone(change: dict[str, Any]) -> None:
    assert generation_group(replace(make_request(), **change)) == ""
