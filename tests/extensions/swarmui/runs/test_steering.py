"""Guidance, places and cleared parts of a request become wishes for the engine."""

from __future__ import annotations

from typing import Any

import pytest

from extensions.swarmui.parameters.request import SwarmRequest
from extensions.swarmui.prompts.regions import RegionPart
from extensions.swarmui.prompts.sections import FilledPrompt
from extensions.swarmui.prompts.segments import SegmentPart
from extensions.swarmui.runs.steering import lost_clearing, steering_of
from extensions.swarmui.steering.wish import (
    AttentionWish,
    ClearWish,
    FreeUWish,
    PlaceWish,
    RegionsWish,
    SteeringWish,
)
from pipelines.contract.errors import InvalidRequest


def steering(prompt: FilledPrompt | None = None, **values: Any) -> SteeringWish:
    return steering_of(SwarmRequest(values=values), prompt or FilledPrompt(base=""))


def test_nothing_unless_asked() -> None:
    assert steering(selfattentionguidancesigmablur=3.0, globalregionfactor=0.3) == SteeringWish()
    assert not steering().asks


def test_any_key_of_the_group_asks_for_freeu() -> None:
    assert steering(freeuapplyto="Both").freeu == FreeUWish()
    found = steering(freeuversion="2", freeublockone=1.5, freeuskiptwo=0.0, freeuapplyto="Refiner").freeu
    assert found == FreeUWish(version=2, b1=1.5, s2=0.0, first=False)
    base = steering(freeuapplyto="Base").freeu
    assert base is not None
    assert (base.first, base.second) == (True, False)


def test_a_scale_asks_for_self_attention_guidance() -> None:
    assert steering(selfattentionguidancescale=0.7).attention == AttentionWish(scale=0.7, sigma=2.0)
    found = steering(selfattentionguidancescale=0.7, selfattentionguidancesigmablur=1.0)
    assert found.attention == AttentionWish(scale=0.7, sigma=1.0)


def test_places_and_how_much_the_whole_counts_in_them() -> None:
    place = RegionPart(x=0, y=0.5, width=1, height=0.5, strength=0.7, prompt="grass")
    wish = steering(FilledPrompt(base="a", regions=(place,), background="sky"), globalregionfactor=0.2)
    own = PlaceWish(x=0, y=0.5, width=1, height=0.5, strength=0.7)
    assert wish.regions == RegionsWish(places=(own,), share=0.2, background=True)
    assert wish.asks


def test_what_is_cleared_is_found_by_words() -> None:
    parts = (SegmentPart(finder="sky | sea"), SegmentPart(finder="a cat", threshold=0.3, inverted=True))
    assert steering(FilledPrompt(base="", cleared=parts)).cleared == (
        ClearWish(words="sky"),
        ClearWish(words="sea"),
        ClearWish(words="a cat", threshold=0.3, inverted=True),
    )


@pytest.mark.parametrize(
    "part", [SegmentPart(finder="yolo-face.pt"), SegmentPart(finder="a|b", inverted=True)]
)
def test_what_cannot_be_cleared(part: SegmentPart) -> None:
    with pytest.raises(InvalidRequest, match="parameter Prompt: <clear:"):
        steering(FilledPrompt(base="", cleared=(part,)))


@pytest.mark.parametrize(
    ("values", "lost"),
    [
        ({}, False),
        ({"imageformat": "JPG90"}, True),
        ({"initimage": "x", "maskimage": "y"}, True),
        ({"initimage": "x", "maskimage": "y", "initimagerecompositemask": False}, False),
    ],
)
def test_where_nothing_stays_transparent_it_is_said(values: dict[str, Any], lost: bool) -> None:
    prompt = FilledPrompt(base="", cleared=(SegmentPart(finder="sky"),))
    assert bool(lost_clearing(SwarmRequest(values=values), prompt)) is lost
    assert lost_clearing(SwarmRequest(values=values), FilledPrompt(base="")) == ()
