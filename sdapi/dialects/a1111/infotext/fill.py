"""The ``infotext`` request field: fill what the client didn't send from a saved picture's parameters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import ValidationError

from pipelines.contract.errors import InvalidRequest
from pipelines.sampling.sampler_names import resolve_sampler
from sdapi.core.state import State
from sdapi.dialects.a1111.infotext.parse import parse
from sdapi.dialects.a1111.infotext.rules import parse_rules
from sdapi.dialects.a1111.schemas.generation import (
    StableDiffusionProcessingImg2Img,
    StableDiffusionProcessingTxt2Img,
)
from sdapi.options.coerce import coerce

B = TypeVar("B", StableDiffusionProcessingTxt2Img, StableDiffusionProcessingImg2Img)

SAME = frozenset({"Use same sampler", "Use same scheduler", "Use same checkpoint"})
CHECKPOINT = "sd_model_checkpoint"
AUTOMATIC = "Automatic"
PARTS = 5
"""Bound of an infotext, in prompts of the longest kind: it holds up to four, and the settings."""

TXT2IMG: Mapping[str, str] = {
    "prompt": "Prompt",
    "negative_prompt": "Negative prompt",
    "cfg_scale": "CFG scale",
    "width": "Size-1",
    "height": "Size-2",
    "batch_size": "Batch size",
    "styles": "Styles array",
    "denoising_strength": "Denoising strength",
    "hr_scale": "Hires upscale",
    "hr_upscaler": "Hires upscaler",
    "hr_second_pass_steps": "Hires steps",
    "hr_resize_x": "Hires resize-1",
    "hr_resize_y": "Hires resize-2",
    "hr_checkpoint_name": "Hires checkpoint",
    "hr_sampler_name": "Hires sampler",
    "hr_scheduler": "Hires schedule type",
    "hr_prompt": "Hires prompt",
    "hr_negative_prompt": "Hires negative prompt",
}
BOTH: Mapping[str, str] = {
    "steps": "Steps",
    "seed": "Seed",
    "subseed": "Variation seed",
    "subseed_strength": "Variation seed strength",
    # A1111 takes width for height here, and the picture depends on it
    "seed_resize_from_h": "Seed resize from-1",
    "seed_resize_from_w": "Seed resize from-2",
    "refiner_checkpoint": "Refiner",
    "refiner_switch_at": "Refiner switch at",
}
"""Request fields and the infotext keys that fill them; img2img takes only these."""


def fill_from_infotext(body: B, state: State) -> B:
    """The body with its infotext applied; fields that the client sent stay."""
    if not body.infotext:
        return body
    most = PARTS * state.config.limits.prompt_length
    if len(body.infotext) > most:
        text = f"{len(body.infotext)} characters are too many: at most {most} (see --max-prompt-length)"
        raise InvalidRequest(text, field="infotext")
    parsed = parse(body.infotext, parse_rules(state))
    found = {name: parsed[key] for name, key in _table(body).items() if key in parsed}
    found |= _sampler(parsed) | _hires(parsed, body)
    filled: dict[str, Any] = {}
    for name, value in found.items():
        if name not in body.model_fields_set and not (isinstance(value, str) and value in SAME):
            filled |= _converted(body, name, value)
    filled["override_settings"] = _overrides(body, parsed, state)
    return body.model_copy(update=filled)


def _table(body: B) -> Mapping[str, str]:
    return {**TXT2IMG, **BOTH} if isinstance(body, StableDiffusionProcessingTxt2Img) else BOTH


def _sampler(parsed: Mapping[str, Any]) -> dict[str, Any]:
    if "Sampler" not in parsed:
        return {}
    # parsing adds "Automatic", which would win over the schedule in an older version's sampler name
    named = parsed.get("Schedule type", AUTOMATIC)
    choice = resolve_sampler(str(parsed["Sampler"]), None if named == AUTOMATIC else str(named))
    return {"sampler_name": choice.sampler, "scheduler": choice.scheduler}


def _hires(parsed: Mapping[str, Any], body: B) -> dict[str, Any]:
    """Turn hires fix on if a txt2img body's text has a trace of it and a denoising strength."""
    traces = ("Hires upscale", "Hires upscaler", "Hires steps")
    used = any(key in parsed for key in traces) or str(parsed.get("Hires resize-1", 0)) != "0"
    is_txt2img = isinstance(body, StableDiffusionProcessingTxt2Img)
    return {"enable_hr": True} if is_txt2img and used and "Denoising strength" in parsed else {}


def _converted(body: B, name: str, value: Any) -> dict[str, Any]:
    """The value in the field's type; empty when the text holds something else."""
    try:
        return {name: getattr(type(body).model_validate({name: value}), name)}
    except ValidationError:
        return {}


def _overrides(body: B, parsed: Mapping[str, Any], state: State) -> dict[str, Any]:
    """The request's overrides, and every labelled option whose value in the text differs from the store's."""
    result = dict(body.override_settings or {})
    for option in state.store.table.values():
        if option.label is None or option.label not in parsed or option.key in result:
            continue
        if option.key == CHECKPOINT and state.store.get("disable_weights_auto_swap"):
            continue
        try:
            value = coerce(option, parsed[option.label])
        except InvalidRequest:
            continue
        if value is not None and value != state.store.get(option.key):
            result[option.key] = value
    return result
