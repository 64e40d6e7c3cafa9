"""``POST /controlnet/txt2img`` and ``/controlnet/img2img`` of the extension's first months."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter

from extensions.controlnet.units.spellings import ControlMode
from sdapi.resolve.infotext import fill_from_infotext
from sdapi.responses import JsonResponse
from sdapi.routes.generation import generate
from sdapi.schemas.generation import (
    Generation,
    StableDiffusionProcessingImg2Img,
    StableDiffusionProcessingTxt2Img,
)
from sdapi.state import State, StateOf

router = APIRouter(prefix="/controlnet")
FLAT = "controlnet_"
LISTED = ("input_image", "image", "mask")
"""Flat fields that hold a list of which the first entry counts."""
LOW_RESOLUTION = 64
"""At this resolution or below, the old preprocessors took their own defaults."""
SCRIPT_KEY = "controlnet"


@router.post("/txt2img")
async def controlnet_txt2img(body: dict[str, Any], state: StateOf) -> JsonResponse:
    """txt2img with ``controlnet_units``."""
    plain, units = split_body(body)
    request = StableDiffusionProcessingTxt2Img.model_validate(plain)
    filled = fill_from_infotext(request, state)
    return JsonResponse(await _generate(filled, units, state, kind="txt2img"))


@router.post("/img2img")
async def controlnet_img2img(body: dict[str, Any], state: StateOf) -> JsonResponse:
    """img2img with ``controlnet_units``."""
    plain, units = split_body(body)
    request = StableDiffusionProcessingImg2Img.model_validate(plain)
    filled = fill_from_infotext(request, state)
    return JsonResponse(await _generate(filled, units, state, kind="img2img"))


def split_body(body: Mapping[str, Any]) -> tuple[dict[str, Any], list[Any]]:
    """The plain request, and the units: those of flat fields before ``controlnet_units``."""
    plain = {key: value for key, value in body.items() if not key.startswith(FLAT)}
    if "hr_upscale" in plain:
        plain.setdefault("hr_upscaler", plain.pop("hr_upscale"))
    units = list(body.get("controlnet_units") or [])
    flat = {
        key.removeprefix(FLAT): value
        for key, value in body.items()
        if key.startswith(FLAT) and key != "controlnet_units" and value is not None
    }
    if "guess_mode" in plain:
        flat["guessmode"] = plain.pop("guess_mode")
    for name in LISTED:
        if isinstance(flat.get(name), list):
            flat[name] = next(iter(flat[name]), None)
    return plain, [flat, *units] if flat else units


def modern_unit(unit: Mapping[str, Any]) -> dict[str, Any]:
    """An old unit in the fields of today: always enabled, with the old meaning of its defaults."""
    old = dict(unit)
    guess = old.pop("guessmode", old.pop("guess_mode", None))
    modern: dict[str, Any] = {"enabled": True, **old}
    if "control_mode" not in modern:
        guessed = guess is None or guess is True or guess == 1
        modern["control_mode"] = (ControlMode.CONTROL if guessed else ControlMode.BALANCED).value
    if float(modern.get("processor_res") or LOW_RESOLUTION) <= LOW_RESOLUTION:
        modern.update(processor_res=-1, threshold_a=-1, threshold_b=-1)
    guidance = modern.pop("guidance", None)
    if guidance is not None and float(guidance) < 1.0:
        modern["guidance_end"] = guidance
    return modern


async def _generate(filled: Generation, units: list[Any], state: State, *, kind: str) -> dict[str, Any]:
    echo = {**filled.echo(), "controlnet_units": units}
    if units:
        others = {k: v for k, v in filled.alwayson_scripts.items() if k.lower() != SCRIPT_KEY}
        args = [modern_unit(unit) if isinstance(unit, Mapping) else unit for unit in units]
        filled = filled.model_copy(update={"alwayson_scripts": {**others, SCRIPT_KEY: {"args": args}}})
    if isinstance(filled, StableDiffusionProcessingImg2Img) and not filled.include_init_images:
        echo["init_images"] = echo["mask"] = None
    return await generate(filled, state, kind=kind, echo=echo)
