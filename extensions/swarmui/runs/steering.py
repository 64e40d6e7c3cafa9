"""From a request to what it asks of the model's calls."""

from __future__ import annotations

from typing import Any

from extensions.swarmui.parameters.request import SwarmRequest
from extensions.swarmui.steering.wish import AttentionWish, FreeUWish, SteeringWish

FACTORS = {"b1": "freeublockone", "b2": "freeublocktwo", "s1": "freeuskipone", "s2": "freeuskiptwo"}
ASK_FOR_FREEU = (*FACTORS.values(), "freeuapplyto", "freeuversion")
"""Any of them asks for it: clients send none of a group that is switched off."""
SCALE, BLUR = "selfattentionguidancescale", "selfattentionguidancesigmablur"


def steering_of(request: SwarmRequest) -> SteeringWish:
    """What of the request is about FreeU and self-attention guidance."""
    return SteeringWish(freeu=_freeu(request), attention=_attention(request))


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
