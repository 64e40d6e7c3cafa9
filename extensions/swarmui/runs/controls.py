"""ControlNet's inputs and the IP-Adapter as units of the always-on script."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from extensions.swarmui.models.choices import Choices
from extensions.swarmui.parameters.groups import CONTROLS
from extensions.swarmui.parameters.request import SwarmRequest
from extensions.swarmui.words.names import clean
from pipelines.plugin import InvalidRequest
from sdapi.plugin import ScriptIntent

TITLE = "ControlNet"
ADAPTER, PICTURES = "useipadapter", "promptimages"


def controls_of(request: SwarmRequest, found: Choices) -> tuple[ScriptIntent, ...]:
    """Return the script with a unit for each ControlNet that has a model, and one for the IP-Adapter.

    Each unit has a fixed place, so that errors name its parameters; nothing without units. Raises
    InvalidRequest.
    """
    units = (
        *(_unit(request, clean(group.name), found.controls) for group in CONTROLS),
        _adapter(request, found),
    )
    return (ScriptIntent(name=TITLE, args=units),) if any(units) else ()


def unused_pictures(request: SwarmRequest) -> tuple[str, ...]:
    """Return the warning about Prompt Images that no IP-Adapter reads."""
    unused = request.has(PICTURES) and not request.has(ADAPTER)
    return ("Prompt Images are ignored: Use IP-Adapter names nothing that reads them",) if unused else ()


def _unit(request: SwarmRequest, name: str, known: Mapping[str, str]) -> dict[str, Any] | None:
    model = request.get(f"{name}model", "")
    picture = request.get(f"{name}imageinput", "")
    if not model:
        return None
    if not picture and not request.has("initimage"):
        raise InvalidRequest(f"Invalid value for parameter {name}imageinput: the ControlNet has no image")
    return {
        "model": known.get(model, model),
        "module": request.get(f"{name}preprocessor", "None").lower(),
        **_window(request, name, "strength"),
        **({"image": picture} if picture else {}),
    }


def _adapter(request: SwarmRequest, found: Choices) -> dict[str, Any] | None:
    """The unit that reads the prompt's pictures."""
    model = request.get(ADAPTER, "")
    pictures: Sequence[str] = request.get(PICTURES, ())
    if not model:
        return None
    if not pictures:
        raise InvalidRequest("Invalid value for parameter Prompt Images: the IP-Adapter has none to read")
    return {
        "model": found.controls.get(model, model),
        "module": "ip-adapter-auto",
        "image": [{"image": picture} for picture in pictures],
        **_window(request, "ipadapter", "weight"),
    }


def _window(request: SwarmRequest, name: str, weight: str) -> dict[str, float]:
    """A unit's weight, and the share of the steps in which it acts."""
    return {
        "weight": request.get(f"{name}{weight}", 1.0),
        "guidance_start": request.get(f"{name}start", 0.0),
        "guidance_end": request.get(f"{name}end", 1.0),
    }
