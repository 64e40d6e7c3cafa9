"""ControlNet's inputs as units of the always-on script."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from extensions.swarmui.parameters.groups import CONTROLS
from extensions.swarmui.parameters.request import SwarmRequest
from extensions.swarmui.words.names import clean
from pipelines.plugin import InvalidRequest
from sdapi.plugin import ScriptIntent

TITLE = "ControlNet"


def controls_of(request: SwarmRequest, known: Mapping[str, str]) -> tuple[ScriptIntent, ...]:
    """The script with a unit for each ControlNet that has a model; none without one. Raises InvalidRequest.

    ``known`` has the titles of control models, with their hashes, by name.
    """
    found = (_unit(request, clean(group.name), known) for group in CONTROLS)
    units = tuple(unit for unit in found if unit is not None)
    return (ScriptIntent(name=TITLE, args=units),) if units else ()


def _unit(request: SwarmRequest, name: str, known: Mapping[str, str]) -> dict[str, Any] | None:
    model = request.get(f"{name}model", "")
    image = request.get(f"{name}imageinput", "")
    if not model:
        return None
    if not image and not request.has("initimage"):
        raise InvalidRequest(f"Invalid value for parameter {name}imageinput: the ControlNet has no image")
    return {
        "model": known.get(model, model),
        "module": request.get(f"{name}preprocessor", "None").lower(),
        "weight": request.get(f"{name}strength", 1.0),
        "guidance_start": request.get(f"{name}start", 0.0),
        "guidance_end": request.get(f"{name}end", 1.0),
        **({"image": image} if image else {}),
    }
