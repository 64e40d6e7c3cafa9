"""Errors in SwarmUI's form: status 200 and a text for bad parameters, an id and a status for bad requests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field

from sdapi.plugin import ApiError, Dialect, Fault, FieldNames

BAD_SESSION = "Invalid session ID. You may need to refresh the page."


class SwarmFault(BaseModel):
    """Every error of this API."""

    error: str = Field(description="a text for people")
    error_id: str | None = Field(default=None, description="a word, where the request itself was amiss")


class SwarmError(ApiError):
    """An error with an id that programs read."""

    def __init__(self, error_id: str, message: str, status: int = 400) -> None:
        super().__init__(status, message)
        self.error_id = error_id


def bad_session() -> SwarmError:
    """The session is unknown: clients get another and ask again."""
    return SwarmError("invalid_session_id", BAD_SESSION, 401)


def no_session() -> SwarmError:
    """The request names no session."""
    return SwarmError("basic_api", "Error occurred: the request has no session_id")


IDS = {
    400: "basic_api",
    401: "bad_permissions",
    403: "bad_permissions",
    404: "bad_route",
    405: "basic_api",
    413: "basic_api",
}
"""Ids by status of what the server refuses before a route reads it."""


def say(fault: Fault) -> Mapping[str, Any]:
    """The body of an error, or its frame."""
    told = error_id(fault)
    return {"error": _text(fault), **({"error_id": told} if told else {})}


def error_id(fault: Fault) -> str | None:
    """Return an error's id; None for one that the request's parameters or the work brought about."""
    if isinstance(fault.error, SwarmError):
        return fault.error.error_id
    if isinstance(fault.error, RequestValidationError):
        return "basic_api" if _is_no_json(fault.error) else None
    if isinstance(fault.error, ApiError) or not hasattr(fault.error, "status_code"):
        return None if _is_foreseen(fault) else IDS.get(fault.status, "internal_error")
    return IDS.get(fault.status, "internal_error")


def status(fault: Fault) -> int:
    """The status of an error's answer."""
    if isinstance(fault.error, SwarmError):
        return fault.status
    told = error_id(fault)
    if told is None:
        return 200
    return fault.status if fault.status == 401 or fault.status >= 500 else 400


def _is_foreseen(fault: Fault) -> bool:
    """True for errors about what was asked: those of the engine and the resolver, and refused values."""
    return hasattr(fault.error, "message") or (fault.status == 422)


def _is_no_json(error: RequestValidationError) -> bool:
    first = next(iter(error.errors()), {})
    return first.get("type") == "json_invalid" or tuple(first.get("loc", ())) == ("body",)


def _text(fault: Fault) -> str:
    if isinstance(fault.error, RequestValidationError):
        return _of_schema(fault.error, fault.message)
    if fault.field and not fault.message.startswith("Invalid value"):
        return f"Invalid value for parameter {fault.field}: {fault.message}"
    return fault.message


def _of_schema(error: RequestValidationError, message: str) -> str:
    if _is_no_json(error):
        return "Error occurred: the body is no JSON object"
    first = next(iter(error.errors()), {})
    name = ".".join(map(str, first.get("loc", ())[1:]))
    if first.get("type") == "missing" and name:
        return f"Missing required parameter '{name}'"
    return f"Invalid value for parameter '{name}': {message}"


UNITS = "always_on.controlnet.args"
"""Units of ControlNet, which stand in a fixed order, the IP-Adapter last."""
UNIT = {
    "": "",
    ".image": "imageinput",
    ".model": "model",
    ".module": "preprocessor",
    ".weight": "strength",
    ".guidance_start": "start",
    ".guidance_end": "end",
}
UNIT_NAMES = {
    f"{UNITS}.{number}{ours}": f"{name}{theirs}"
    for number, name in enumerate(("controlnet", "controlnettwo", "controlnetthree"))
    for ours, theirs in UNIT.items()
}
ADAPTER_NAMES = {
    f"{UNITS}.3": "useipadapter",
    f"{UNITS}.3.image": "promptimages",
    f"{UNITS}.3.model": "useipadapter",
    f"{UNITS}.3.module": "useipadapter",
}

OPTION_NAMES = {
    f"{root}.{key}": name
    for root in ("options", "overrides")
    for key, name in (
        ("sd_vae", "vae"),
        ("CLIP_stop_at_last_layers", "clipstopatlayer"),
        ("sigma_min", "samplersigmamin"),
        ("sigma_max", "samplersigmamax"),
        ("rho", "samplerrho"),
    )
}
"""Options, whether the engine blames what is in effect or the resolver what was asked for."""

NAMES = FieldNames(
    {
        "prompt": "prompt",
        "negative_prompt": "negativeprompt",
        "cfg_scale": "cfgscale",
        "batch_size": "batchsize",
        "batch_count": "images",
        "checkpoint": "model",
        "denoising_strength": "initimagecreativity",
        "end_early": "endstepsearly",
        "seeds.seed": "seed",
        "seeds.subseed": "variationseed",
        "seeds.subseed_strength": "variationseedstrength",
        "start.images": "initimage",
        "mask.picture": "maskimage",
        "mask.padding": "maskshrinkgrow",
        "mask.blur": "maskblur",
        "hires.scale": "refinerupscale",
        "hires.upscaler": "refinerupscalemethod",
        "hires.steps": "refinersteps",
        "hires.checkpoint": "refinermodel",
        "hires.sampler": "refinersampler",
        "hires.scheduler": "refinerscheduler",
        "refiner.checkpoint": "refinermodel",
        "refiner.switch_at": "refinercontrolpercentage",
        **OPTION_NAMES,
        "always_on.adetailer.args.*": "prompt",
        "always_on.adetailer.args.*.*": "prompt",
        **UNIT_NAMES,
        **ADAPTER_NAMES,
    }
)
"""This API's names for our fields."""

SWARM = Dialect(
    name="swarmui",
    say=say,
    status=status,
    fields=NAMES,
    any_case=True,
    errors=dict.fromkeys((400, 401, 500), SwarmFault),
)
