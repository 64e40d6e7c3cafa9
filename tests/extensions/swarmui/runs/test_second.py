"""The second pass in our words."""

from __future__ import annotations

from typing import Any

import pytest

from extensions.swarmui.parameters.request import SwarmRequest
from extensions.swarmui.runs.second import SecondPass, second_of
from pipelines.contract.errors import InvalidRequest


def second(checkpoint: str | None = None, **values: Any) -> SecondPass:
    return second_of(SwarmRequest(values=values), 20, "sharp", checkpoint)


def test_nothing_follows_unless_asked() -> None:
    assert second(refinercontrolpercentage=0.4, refinersteps=10) == SecondPass()


def test_a_second_pass_draws_its_share_of_the_steps() -> None:
    found = second(refinerupscale=2.0, refinerupscalemethod="latent-bilinear", refinersampler="euler")
    assert found.hires is not None
    assert (found.hires.scale, found.hires.upscaler, found.hires.steps) == (2.0, "Latent", 4)
    assert (found.strength, found.hires.prompt, found.hires.sampler) == (0.2, "sharp", "Euler")
    named = second(
        refinerupscale=2.0,
        refinerupscalemethod="model-R-ESRGAN 4x+",
        refinersteps=10,
        refinercontrolpercentage=0.5,
    )
    assert named.hires is not None
    assert (named.hires.upscaler, named.hires.steps) == ("R-ESRGAN 4x+", 5)
    with pytest.raises(InvalidRequest, match="Refiner Control Percentage"):
        second(refinerupscale=2.0, refinercontrolpercentage=0.0)


def test_a_refiner_takes_over() -> None:
    found = second("b", refinermethod="StepSwapNoisy", refinercontrolpercentage=0.25, refinerupscale=2.0)
    assert found.refiner is not None
    assert (found.refiner.checkpoint, found.refiner.switch_at, found.hires) == ("b", 0.75, None)
    assert found.warnings
    assert second(refinermethod="StepSwapNoisy").warnings
    applied = second("b", refinermodel="b")
    assert applied.hires is not None
    assert (applied.hires.checkpoint, applied.hires.scale) == ("b", 1.0)


def test_with_an_init_image_it_is_told_to_be_left_out() -> None:
    assert second(refinerupscale=2.0, initimage="x").warnings


def test_a_step_swap_ends_the_first_pass_where_the_second_begins() -> None:
    found = second("b", refinermethod="StepSwap", refinercontrolpercentage=0.25, refinersteps=40)
    assert found.hires is not None
    assert (found.end_early, found.hires.steps, found.hires.checkpoint) == (0.25, 10, "b")
    assert second(refinermethod="PostApply").end_early == 0.0
