"""Sections: what holds in which pass, in which place, and for what is found."""

from __future__ import annotations

import random

import pytest

from extensions.swarmui.prompts.regions import RegionPart
from extensions.swarmui.prompts.sections import FilledPrompt, fill
from extensions.swarmui.prompts.segments import SegmentPart
from extensions.swarmui.prompts.world import Filling, PromptWorld
from pipelines.contract.errors import InvalidRequest

LEFT = RegionPart(x=0, y=0, width=0.5, height=1)


def filling() -> Filling:
    return Filling(world=PromptWorld(), chance=random.Random(1))


@pytest.mark.parametrize(
    ("text", "base", "refiner"),
    [
        ("a cat", "a cat", ""),
        ("a cat <base>at first <refiner>sharp", "a cat at first", "a cat sharp"),
        ("<refiner>sharp", "", "sharp"),
        ("a <region:end>b", "a b", ""),
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


def test_places_have_prompts_of_their_own() -> None:
    found = fill("two <region:0,0,.5,1> a cat <object:0.5,0,0.5,1>a dog<region:background>grass", filling())
    assert (found.base, found.background) == ("two", "grass")
    cat, dog = found.regions
    assert (cat.prompt, cat.repaint) == ("a cat", None)
    assert (dog.prompt, dog.x, dog.repaint) == ("a dog", 0.5, 0.5)
    assert found.drawn("two AND more") == "two and more AND grass AND a cat AND a dog"


def test_after_the_last_region_text_holds_everywhere_again() -> None:
    found = fill("a <region:0,0,0.5,1>b<region:end> c", filling())
    assert found.base == "a  c"
    assert found.drawn("") == " AND b"
    assert fill("a AND b", filling()).drawn("a AND b") == "a AND b"


def test_what_is_cleared_is_no_text() -> None:
    found = fill("a cat <clear:sky,0.6,-0.3> on a mat", filling())
    assert found.base == "a cat  on a mat"
    assert found.cleared == (SegmentPart(finder="sky", threshold=0.3, inverted=True),)


@pytest.mark.parametrize(
    "text",
    [
        *("<clear:>", "<segment:face,much>", "<segment:face,2>", "<segment:,0.5>", "<segment:a|,0.5>"),
        *("<segment:yolo->", "<segment:face,0.5,nan>", "<region:left>", "<region:0,0,1>", "<object:end>"),
        *("<region:0,0,0,1>", "<region:0,0,2,1>", "<region:0,0,1,1,1,1>", "<region:0,0,1,inf>"),
    ],
)
def test_what_cannot_be_done_is_refused(text: str) -> None:
    with pytest.raises(InvalidRequest, match="parameter Prompt"):
        fill(text, filling())


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("<segment:face>" * 101, "101 regions, objects and segments are too many"),
        ("<region:0,0,1,1>" * 50 + "<object:0,0,1,1>" * 51, "101 regions"),
        ("<clear:sky>" * 17, "of 17 things are too many"),
        ("<clear:a|b|c>" * 6, "of 18 things are too many"),
        (f"<clear:{'|'.join('a' * 17)}>", "17 things to find"),
        (f"<segment:{'|'.join('a' * 17)}>", "17 things to find"),
        ("<base>" * 10_001, "too much text"),
    ],
)
def test_sections_are_bounded(text: str, told: str) -> None:
    with pytest.raises(InvalidRequest, match=told):
        fill(text, filling())


def test_as_many_sections_as_allowed() -> None:
    found = fill("<segment:face>" * 100 + "<clear:a|b>" * 8, filling())
    assert (len(found.segments), len(found.cleared)) == (100, 8)
