"""Translate what a request asks of the engine in addition to a generation's own fields."""

from __future__ import annotations

from typing import Any

from extensions.swarmui.parameters.request import SwarmRequest
from extensions.swarmui.prompts.sections import FilledPrompt
from extensions.swarmui.prompts.segments import YOLO, SegmentPart
from extensions.swarmui.runs.segments import SURE_OF_WORDS
from extensions.swarmui.steering.wish import (
    AttentionWish,
    ClearWish,
    FreeUWish,
    PlaceWish,
    RegionsWish,
    SteeringWish,
)
from pipelines.plugin import InvalidRequest

FACTORS = {"b1": "freeublockone", "b2": "freeublocktwo", "s1": "freeuskipone", "s2": "freeuskiptwo"}
ASK_FOR_FREEU = (*FACTORS.values(), "freeuapplyto", "freeuversion")
"""Any of them asks for it: clients send none of a group that is switched off."""
SCALE, BLUR = "selfattentionguidancescale", "selfattentionguidancesigmablur"


def steering_of(request: SwarmRequest, prompt: FilledPrompt) -> SteeringWish:
    """Translate FreeU, self-attention guidance, regions and cleared parts. Raises InvalidRequest."""
    return SteeringWish(
        freeu=_freeu(request),
        attention=_attention(request),
        regions=_regions(request, prompt),
        cleared=tuple(wish for part in prompt.cleared for wish in _cleared(part)),
    )


def _regions(request: SwarmRequest, prompt: FilledPrompt) -> RegionsWish | None:
    if not prompt.regions:
        return None
    return RegionsWish(
        places=tuple(
            PlaceWish(x=place.x, y=place.y, width=place.width, height=place.height, strength=place.strength)
            for place in prompt.regions
        ),
        share=request.get("globalregionfactor", 0.5),
        background=bool(prompt.background),
    )


def _cleared(part: SegmentPart) -> tuple[ClearWish, ...]:
    if any(one.lower().startswith(YOLO) for one in part.finders):
        text = "<clear:yolo-…> can't be done: what is cleared is found by words"
        raise InvalidRequest(f"Invalid value for parameter Prompt: {text}")
    if part.inverted and len(part.finders) > 1:
        text = "<clear:…> of all but several things can't be done: name one"
        raise InvalidRequest(f"Invalid value for parameter Prompt: {text}")
    threshold = SURE_OF_WORDS if part.threshold is None else part.threshold
    return tuple(ClearWish(words=one, threshold=threshold, inverted=part.inverted) for one in part.finders)


def lost_clearing(request: SwarmRequest, prompt: FilledPrompt) -> tuple[str, ...]:
    """Return the warning where nothing stays transparent."""
    if not prompt.cleared:
        return ()
    if (
        request.has("initimage")
        and request.has("maskimage")
        and request.get("initimagerecompositemask", True)
    ):
        return ("prompt: <clear:…> is lost where the Init Image is laid over what is drawn in a mask",)
    if request.get("imageformat", "PNG").startswith("JPG"):
        return ("prompt: <clear:…> is lost: JPG has no transparency",)
    return ()


def _freeu(request: SwarmRequest) -> FreeUWish | None:
    if not any(map(request.has, ASK_FOR_FREEU)):
        return None
    given: dict[str, Any] = {
        ours: request.values[name] for ours, name in FACTORS.items() if request.has(name)
    }
    where = request.get("freeuapplyto", "Both")
    return FreeUWish(
        **given,
        version=int(request.get("freeuversion", "1")),
        first=where != "Refiner",
        second=where != "Base",
    )


def _attention(request: SwarmRequest) -> AttentionWish | None:
    if not request.has(SCALE):
        return None
    return AttentionWish(scale=request.get(SCALE, 0.5), sigma=request.get(BLUR, 2.0))
