"""Both prompts of a picture, and the negative one's texts for parts and places."""

from __future__ import annotations

import random

import pytest

from extensions.swarmui.models.choices import Choices
from extensions.swarmui.parameters.request import SwarmRequest
from extensions.swarmui.prompts.world import PromptWorld
from extensions.swarmui.runs.prompting import PromptsOfPicture, prompts_of

PRESETS = {
    "Oil": {"Prompt": "oil, {value}", "Negative Prompt": "photo, {value}", "steps": "4"},
    "Bare": {"negativeprompt": "none of it"},
}
WORLD = PromptWorld(preset=PRESETS.get)


def prompts(prompt: str, negative: str = "") -> PromptsOfPicture:
    request = SwarmRequest(values={"prompt": prompt, "negativeprompt": negative})
    return prompts_of(request, WORLD, Choices(), random.Random(1))


def test_a_segments_negative_prompt_is_that_of_the_same_name() -> None:
    found = prompts("a <segment:face>b <segment:hand>c", "bad <segment:face> ugly")
    assert [part.negative_prompt for part in found.prompt.segments] == ["ugly", ""]
    assert (found.negative, found.warnings) == ("bad", ())
    assert found.extra["original_negativeprompt"] == "bad <segment:face> ugly"


def test_places_of_the_negative_prompt_hold_everywhere() -> None:
    found = prompts("a", "bad<region:0,0,1,1>ugly<region:background>dark")
    assert found.negative == "bad, dark, ugly"
    assert found.warnings == ("negativeprompt: the text of its regions holds everywhere",)


@pytest.mark.parametrize(
    ("prompt", "negative", "found"),
    [
        ("a <preset:Oil>", "bad", "photo, bad"),
        ("a <preset:Oil><preset:Oil>", "<random:bad>", "photo, photo, bad"),
        ("a <preset:Bare>", "bad", "none of it"),
        ("a <param[Negative Prompt]:ugly>", "bad", "ugly"),
    ],
)
def test_tags_of_the_prompt_set_the_negative_prompt(prompt: str, negative: str, found: str) -> None:
    made = prompts(prompt, negative)
    assert (made.negative, made.warnings) == (found, ())
    assert made.extra["original_negativeprompt"] == negative


def test_a_presets_other_parameters_hold() -> None:
    made = prompts("a <preset:Oil>")
    assert (made.prompt.base, made.request.get("steps", 0)) == ("a oil,", 4)


def test_what_sets_no_prompt_is_told() -> None:
    (told,) = prompts("a", "bad <preset:Oil>").warnings
    assert told == "negativeprompt: its own tags don't set it: the negative prompt of theirs is ignored"
    (told,) = prompts("a <param[prompt]:b>").warnings
    assert told == "prompt: <param[prompt]:…> is ignored: a prompt doesn't set itself"


@pytest.mark.parametrize(
    ("negative", "told"),
    [
        (
            "bad <segment:hat>ugly",
            "negativeprompt: <segment:hat> is ignored: the prompt has none of that name",
        ),
        ("bad <clear:sky>", "negativeprompt: <clear:…> is ignored: it clears in the prompt alone"),
        (
            "bad <object:0,0,1,1>",
            "negativeprompt: <object:…> draws nothing again: it does in the prompt alone",
        ),
        (
            "bad <refiner>worse",
            "negativeprompt: <refiner> is ignored: both passes have the same negative prompt",
        ),
    ],
)
def test_what_a_negative_prompt_cannot_ask_for_is_told(negative: str, told: str) -> None:
    found = prompts("a", negative)
    assert told in found.warnings
    assert found.negative == "bad"
