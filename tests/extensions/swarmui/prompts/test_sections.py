"""Sections: what holds in which pass, and what needs networks that aren't here."""

from __future__ import annotations

import random

import pytest

from extensions.swarmui.prompts.sections import FilledPrompt, SegmentPart, fill
from extensions.swarmui.prompts.world import Filling, PromptWorld
from pipelines.contract.errors import InvalidRequest


def filling() -> Filling:
    return Filling(world=PromptWorld(), chance=random.Random(1))


@pytest.mark.parametrize(
    ("text", "base", "refiner"),
    [
        ("a cat", "a cat", ""),
        ("a cat <base>at first <refiner>sharp", "a cat at first", "a cat sharp"),
        ("<refiner>sharp", "", "sharp"),
        ("a <region:0,0,1,1>b", "a b", ""),
    ],
)
def test_each_pass_has_its_prompt(text: str, base: str, refiner: str) -> None:
    assert fill(text, filling()) == FilledPrompt(base=base, refiner=refiner)


def test_segments_have_prompts_of_their_own() -> None:
    found = fill("a man <segment:yolo-face,0.4,0.3> blue eyes <segment:<random:hand>>", filling())
    assert found.base == "a man"
    assert found.segments == (
        SegmentPart(finder="yolo-face", creativity=0.4, threshold=0.3, prompt="blue eyes"),
        SegmentPart(finder="hand"),
    )


def test_a_region_is_told_not_to_be_one() -> None:
    own = filling()
    fill("a <object:0,0,1,1>b", own)
    assert own.warnings == ["prompt: <object:…> can't be told to a place here: its text holds everywhere"]


@pytest.mark.parametrize("text", ["<clear:sky>", "<segment:face,much>", "<segment:face,2>", "<segment:,0.5>"])
def test_what_cannot_be_done_is_refused(text: str) -> None:
    with pytest.raises(InvalidRequest, match="parameter Prompt"):
        fill(text, filling())
