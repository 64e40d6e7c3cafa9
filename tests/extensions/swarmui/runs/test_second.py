"""The second pass, and ControlNet's units, in our words."""

from __future__ import annotations

from typing import Any

import pytest

from extensions.swarmui.parameters.request import SwarmRequest
from extensions.swarmui.runs.controls import controls_of
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


def test_control_nets_are_units() -> None:
    values = {
        "controlnetmodel": "canny",
        "controlnetimageinput": "picture",
        "controlnetstrength": 0.5,
        "controlnettwomodel": "depth",
        "controlnettwopreprocessor": "Depth_Midas",
        "controlnetthreestrength": 2.0,
        "initimage": "start",
    }
    (script,) = controls_of(
        SwarmRequest(values=values), {"canny": "canny.safetensors [abcdef12]", "depth": "depth [1]"}
    )
    assert script.args is not None
    first, second_unit = script.args
    assert (first["model"], first["image"], first["weight"], first["module"]) == (
        "canny.safetensors [abcdef12]",
        "picture",
        0.5,
        "none",
    )
    assert (second_unit["model"], second_unit["module"], "image" in second_unit) == (
        "depth [1]",
        "depth_midas",
        False,
    )
    assert controls_of(SwarmRequest(values={}), {}) == ()
    with pytest.raises(InvalidRequest, match="controlnetimageinput"):
        controls_of(SwarmRequest(values={"controlnetmodel": "canny"}), {})
