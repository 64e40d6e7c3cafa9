"""Errors in this API's form, and its names of the core's fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi.exceptions import RequestValidationError

from extensions.fooocus.bodies.reading import shown
from sdapi.plugin import Dialect, Fault, FieldNames

FIELDS = FieldNames(
    {
        "prompt": "prompt",
        "per_picture.prompts": "prompt",
        "per_picture.negative_prompts": "negative_prompt",
        "width": "aspect_ratios_selection",
        "height": "aspect_ratios_selection",
        "batch_count": "image_number",
        "batch_size": "image_number",
        "steps": "advanced_params.overwrite_step",
        "cfg_scale": "guidance_scale",
        "checkpoint": "base_model_name",
        "refiner.checkpoint": "refiner_model_name",
        "refiner.switch_at": "refiner_switch",
        "networks.*.name": "loras",
        "sampler": "advanced_params.sampler_name",
        "scheduler": "advanced_params.scheduler_name",
        "denoising_strength": "advanced_params.inpaint_strength",
        "start.images.0": "input_image",
        "mask.picture": "input_mask",
        "options.sd_vae": "advanced_params.vae_name",
        "options.CLIP_stop_at_last_layers": "advanced_params.clip_skip",
        "overrides.sd_vae": "advanced_params.vae_name",
        "overrides.CLIP_stop_at_last_layers": "advanced_params.clip_skip",
        "always_on.controlnet.args.*": "image_prompts.*",
        "webhook": "webhook_url",
        "seeds.seed": "image_seed",
    }
)
REFUSED = "Forbidden"
_SAID = ("type", "loc", "msg")


def say(fault: Fault) -> Mapping[str, Any]:
    """FastAPI's form: a list of faults with their places, or one text."""
    if isinstance(fault.error, RequestValidationError):
        items = [{key: item[key] for key in _SAID if key in item} for item in fault.error.errors()]
        body: object = fault.error.body
        told = shown(body) if isinstance(body, dict) else None  # pyright: ignore[reportUnknownArgumentType]
        return {"detail": items, "body": told}
    if fault.status in (401, 403):
        return {"detail": REFUSED}
    if fault.field is not None and 400 <= fault.status < 500 and fault.status != 404:
        loc = ["body", *(int(part) if part.isdigit() else part for part in fault.field.split("."))]
        return {"detail": [{"type": "value_error", "loc": loc, "msg": fault.message}], "body": None}
    return {"detail": fault.message}


def status(fault: Fault) -> int:
    """A wrong key is 403, as in the original."""
    return 403 if fault.status == 401 else fault.status


FOOOCUS = Dialect(name="fooocus", say=say, fields=FIELDS, status=status)
