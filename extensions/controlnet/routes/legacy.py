"""``POST /controlnet/txt2img`` and ``/controlnet/img2img`` of the extension's first months."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from anyio.to_thread import run_sync
from fastapi import APIRouter
from starlette.responses import Response

from extensions.controlnet.routes.unit_schema import with_units
from extensions.controlnet.units.spellings import ControlMode
from sdapi.plugin import (
    MAKES,
    ApiError,
    Dict,
    Generation,
    ImageToImageResponse,
    StableDiffusionProcessingImg2Img,
    StableDiffusionProcessingTxt2Img,
    State,
    StateOf,
    TextToImageResponse,
    answers,
    fill_from_infotext,
    generate,
    validated,
)

router = APIRouter(prefix="/controlnet")
FLAT = "controlnet_"
LISTED = ("input_image", "image", "mask")
"""Flat fields that hold a list of which the first entry counts."""
LOW_RESOLUTION = 64
"""At this resolution or below, the old preprocessors took their own defaults."""
SCRIPT_KEY, UNITS = "controlnet", "controlnet_units"


@router.post(
    "/txt2img",
    response_model=TextToImageResponse,
    responses=answers.QUEUED,
    openapi_extra=with_units(StableDiffusionProcessingTxt2Img.__name__),
    dependencies=[MAKES],
)
async def controlnet_txt2img(body: Dict, state: StateOf) -> Response:
    """Draw from a prompt, with units as ``controlnet_units`` or flat ``controlnet_`` fields."""
    plain, units = split_body(body)
    request = validated(StableDiffusionProcessingTxt2Img, plain)
    filled = fill_from_infotext(request, state)
    return await _generate(filled, body, units, state, kind="txt2img")


@router.post(
    "/img2img",
    response_model=ImageToImageResponse,
    responses=answers.QUEUED,
    openapi_extra=with_units(StableDiffusionProcessingImg2Img.__name__),
    dependencies=[MAKES],
)
async def controlnet_img2img(body: Dict, state: StateOf) -> Response:
    """Draw from pictures, with units as ``controlnet_units`` or flat ``controlnet_`` fields."""
    plain, units = split_body(body)
    request = validated(StableDiffusionProcessingImg2Img, plain)
    filled = fill_from_infotext(request, state)
    return await _generate(filled, body, units, state, kind="img2img")


def split_body(body: Mapping[str, Any]) -> tuple[dict[str, Any], list[Any]]:
    """Split a body into the plain request and the units, that of the flat fields before ``controlnet_units``.

    Raises ApiError unless the units are a list.
    """
    given = body.get(UNITS) or []
    if not isinstance(given, list):
        raise ApiError(422, "value is not a valid list", field=UNITS)
    plain = {key: value for key, value in body.items() if not key.startswith(FLAT)}
    if "hr_upscale" in plain:
        plain.setdefault("hr_upscaler", plain.pop("hr_upscale"))
    units: list[Any] = [*given]
    flat = {
        key.removeprefix(FLAT): value
        for key, value in body.items()
        if key.startswith(FLAT) and key != UNITS and value is not None
    }
    for name in LISTED:
        if isinstance(flat.get(name), list):
            flat[name] = next(iter(flat[name]), None)
    guess = plain.pop("guess_mode", None)
    if all(value in (None, "") for value in flat.values()):
        return plain, units
    return plain, [flat if guess is None else {"guessmode": guess, **flat}, *units]


def modern_unit(unit: Mapping[str, Any]) -> dict[str, Any]:
    """An old unit in the fields of today: always enabled, with the old meaning of its defaults."""
    old = dict(unit)
    guess = old.pop("guessmode", old.pop("guess_mode", None))
    modern: dict[str, Any] = {"enabled": True, **old}
    if "control_mode" not in modern:
        guessed = guess is None or guess is True or guess == 1
        modern["control_mode"] = (ControlMode.CONTROL if guessed else ControlMode.BALANCED).value
    resolution = _number(modern.get("processor_res") or LOW_RESOLUTION)
    if resolution is not None and resolution <= LOW_RESOLUTION:
        modern.update(processor_res=-1, threshold_a=-1, threshold_b=-1)
    guidance = modern.pop("guidance", None)
    share = _number(guidance)
    if guidance is not None and (share is None or share < 1.0):
        modern["guidance_end"] = guidance
    return modern


def _renewed(unit: Mapping[str, Any]) -> dict[str, Any]:
    from extensions.controlnet.routes.old_mask import with_drawing

    return with_drawing(modern_unit(unit))


def _number(value: Any) -> float | None:
    """Read a number; None for anything else, which the unit's reader refuses later by the field's name."""
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


async def _generate(
    filled: Generation, body: Mapping[str, Any], units: list[Any], state: State, *, kind: str
) -> Response:
    echo = {**filled.echo(), UNITS: body.get(UNITS) or []}
    if units:
        others = {k: v for k, v in filled.alwayson_scripts.items() if k.lower() != SCRIPT_KEY}
        args = [await run_sync(_renewed, unit) if isinstance(unit, Mapping) else unit for unit in units]
        filled = filled.model_copy(update={"alwayson_scripts": {**others, SCRIPT_KEY: {"args": args}}})
    if isinstance(filled, StableDiffusionProcessingImg2Img) and not filled.include_init_images:
        echo["init_images"] = echo["mask"] = None
    return await generate(filled, state, kind=kind, echo=echo)
