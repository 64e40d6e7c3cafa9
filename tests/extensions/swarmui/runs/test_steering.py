"""What of a request is about FreeU and self-attention guidance."""

from __future__ import annotations

from typing import Any

from extensions.swarmui.parameters.request import SwarmRequest
from extensions.swarmui.runs.steering import steering_of
from extensions.swarmui.steering.wish import AttentionWish, FreeUWish, SteeringWish


def steering(**values: Any) -> SteeringWish:
    return steering_of(SwarmRequest(values=values))


def test_nothing_unless_asked() -> None:
    assert steering(selfattentionguidancesigmablur=3.0) == SteeringWish()
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
