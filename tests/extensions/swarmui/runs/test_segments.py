"""Parts of a picture: what finds or places them, how they are drawn again, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from extensions.swarmui.parameters.request import SwarmRequest
from extensions.swarmui.prompts.regions import RegionPart
from extensions.swarmui.prompts.sections import FilledPrompt
from extensions.swarmui.prompts.segments import SegmentPart
from extensions.swarmui.runs.segments import DrawnAgain, drawn_again
from pipelines.contract.errors import InvalidRequest
from sdapi.core.state import State
from tests.extensions.swarmui.conftest import MakeClient, SwarmClient

STEPS = 10


def state_of(client: SwarmClient) -> State:
    app: Any = client.http.app
    return app.state.sdapi


@pytest.fixture
def state(make_client: MakeClient) -> State:
    return state_of(make_client(extensions=("adetailer", "swarmui")))


def units(prompt: FilledPrompt, state: State, **values: Any) -> list[dict[str, Any]]:
    again = drawn_again(prompt, SwarmRequest(values=values), STEPS, state, is_img2img=False)
    (script,) = again.scripts
    assert script.args is not None
    assert script.args[:2] == (True, False)
    return list(script.args[2:])


def test_a_part_is_one_mask_of_all_that_is_found(state: State) -> None:
    part = SegmentPart(finder="yolo-face.pt | a hat", creativity=0.4, threshold=0.3, prompt="a smile")
    (unit,) = units(FilledPrompt(base="a man", segments=(part,)), state)
    assert unit == {
        "ad_model": "face.pt|clipseg:a hat",
        "ad_prompt": "a smile",
        "ad_negative_prompt": "",
        "ad_confidence": 0.3,
        "ad_mask_merge_invert": "Merge",
        "ad_dilate_erode": 33,
        "ad_mask_blur": 10,
        "ad_inpaint_only_masked_padding": 16,
        "ad_denoising_strength": 0.35,
    }


def test_parameters_shape_the_mask(state: State) -> None:
    values = {"segmentmaskblur": 3, "segmentmaskgrow": 0, "segmentmaskoversize": 5, "segmentmodel": "tiny"}
    (unit,) = units(FilledPrompt(base="", segments=(SegmentPart(finder="hat"),)), state, **values)
    told = {name: unit[name] for name in ("ad_mask_blur", "ad_dilate_erode", "ad_checkpoint")}
    assert told == {"ad_mask_blur": 3, "ad_dilate_erode": 0, "ad_checkpoint": "tiny"}
    assert (unit["ad_inpaint_only_masked_padding"], unit["ad_use_checkpoint"]) == (5, True)


def test_thresholds_and_prompts_that_are_not_given(state: State) -> None:
    finders = ("yolo-face", "hat", "hat|yolo-face")
    prompt = FilledPrompt(base="a man", segments=tuple(SegmentPart(finder=one) for one in finders))
    made = units(prompt, state)
    assert [unit["ad_confidence"] for unit in made] == [0.25, 0.5, 0.5]
    assert {unit["ad_prompt"] for unit in made} == {"a man"}


def test_all_but_what_is_found(state: State) -> None:
    (unit,) = units(FilledPrompt(base="", segments=(SegmentPart(finder="hat", inverted=True),)), state)
    assert (unit["ad_mask_merge_invert"], unit["ad_dilate_erode"]) == ("Merge and Invert", -33)


def test_objects_are_drawn_again_where_they_are(state: State) -> None:
    place = RegionPart(x=0.5, y=0, width=0.5, height=1, prompt="a dog")
    again = RegionPart(x=0, y=0.25, width=0.5, height=0.5, repaint=0.3)
    prompt = FilledPrompt(base="two", regions=(place, again), segments=(SegmentPart(finder="hat"),))
    first, second = units(prompt, state)
    assert (first["ad_model"], first["ad_prompt"]) == ("place:0,0.25,0.5,0.5", "two")
    assert (first["ad_denoising_strength"], first["ad_dilate_erode"]) == (0.25, 0)
    assert second["ad_model"] == "clipseg:hat"


def test_segments_and_objects_have_a_model_each(state: State) -> None:
    place = RegionPart(x=0, y=0, width=1, height=1, repaint=0.3)
    prompt = FilledPrompt(base="", regions=(place,), segments=(SegmentPart(finder="hat"),))
    both = units(prompt, state, segmentmodel="one", regionalobjectinpaintingmodel="other")
    assert [unit["ad_checkpoint"] for unit in both] == ["other", "one"]
    (place_unit, segment) = units(prompt, state, segmentmodel="one")
    assert "ad_checkpoint" not in place_unit
    assert segment["ad_use_checkpoint"] is True


def test_too_little_creativity_for_a_step_leaves_a_part_as_it_is(state: State) -> None:
    prompt = FilledPrompt(base="", segments=(SegmentPart(finder="hat", creativity=0.04),))
    again = drawn_again(prompt, SwarmRequest(values={}), STEPS, state, is_img2img=True)
    assert again.scripts == ()
    assert again.warnings == ("prompt: clipseg:hat is left as it is: its creativity is too low",)


def test_without_the_script_it_is_refused(client: SwarmClient) -> None:
    state, request = state_of(client), SwarmRequest(values={})
    prompt = FilledPrompt(base="", segments=(SegmentPart(finder="hat"),))
    with pytest.raises(InvalidRequest, match="by the extension ADetailer, which isn't here"):
        drawn_again(prompt, request, STEPS, state, is_img2img=True)
    assert drawn_again(FilledPrompt(base=""), request, STEPS, state, is_img2img=True) == DrawnAgain()
