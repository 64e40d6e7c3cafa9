"""Wishes for the model's calls cross the queue as the call of a script."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from extensions.swarmui.steering.wish import (
    AttentionWish,
    ClearWish,
    FreeUWish,
    PlaceWish,
    RegionsWish,
    SteeringWish,
    wish_of,
)
from pipelines.contract.codec import decode, encode
from pipelines.contract.requests import GenerationRequest, ScriptCall, Seeds


@dataclass
class Job:
    """As much of a job as is read."""

    request: GenerationRequest
    others: list[str] = field(default_factory=list[str])


def arrived(*calls: ScriptCall) -> SteeringWish:
    request = GenerationRequest(seeds=Seeds(seed=1, subseed=1), checkpoint="x", always_on=calls)
    job: Any = Job(decode(encode(request), GenerationRequest))
    return wish_of(job)


@pytest.mark.parametrize(
    "wish",
    [
        SteeringWish(freeu=FreeUWish(b1=1.5, version=2, second=False)),
        SteeringWish(attention=AttentionWish(scale=-1.0)),
        SteeringWish(freeu=FreeUWish(), attention=AttentionWish()),
        SteeringWish(regions=RegionsWish(places=(PlaceWish(x=0, y=0.1, width=1, height=0.2),), share=0.1)),
        SteeringWish(cleared=(ClearWish(words="sky"), ClearWish(words="sea", inverted=True))),
    ],
)
def test_it_arrives_as_it_was_sent(wish: SteeringWish) -> None:
    assert wish.asks
    assert arrived(ScriptCall(name="ControlNet"), wish.call()) == wish


def test_other_requests_ask_for_nothing() -> None:
    assert arrived(ScriptCall(name="ControlNet", args=({"freeu": 1},))) == SteeringWish()
