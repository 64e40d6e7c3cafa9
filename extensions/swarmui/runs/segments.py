"""Parts of a picture that a prompt names, found or placed, and drawn again by the script for such."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from extensions.swarmui.parameters.request import SwarmRequest
from extensions.swarmui.prompts.regions import RegionPart
from extensions.swarmui.prompts.sections import FilledPrompt
from extensions.swarmui.prompts.segments import YOLO, SegmentPart
from extensions.swarmui.runs.start import strength_of
from pipelines.plugin import InvalidRequest
from sdapi.plugin import ScriptIntent, State

DETAILER = "ADetailer"
"""The script that finds parts of a picture and draws them again, where it is installed."""
WORDS = "clipseg:"
PLACE = "place:"
"""Beginnings of its names for things that are found by words, and for places that need no search."""
SURE_OF_FILES, SURE_OF_WORDS = 0.25, 0.5
"""Thresholds where a prompt gives none."""
MOST_GROWN = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnAgain:
    """The script with its arguments; none where nothing is drawn again."""

    scripts: tuple[ScriptIntent, ...] = ()
    warnings: tuple[str, ...] = ()


def drawn_again(
    prompt: FilledPrompt, request: SwarmRequest, steps: int, state: State, *, is_img2img: bool
) -> DrawnAgain:
    """Translate the prompt's objects and segments. Raises InvalidRequest where the script isn't installed."""
    units: list[dict[str, Any]] = []
    warnings: list[str] = []
    for unit, creativity in _units(prompt, request):
        strength, told = strength_of(creativity, steps)
        if told:
            warnings.append(f"prompt: {unit['ad_model'][:60]} is left as it is: its creativity is too low")
        else:
            units.append({**unit, "ad_denoising_strength": strength})
    if not units:
        return DrawnAgain(warnings=tuple(warnings))
    if state.scripts.find(DETAILER, is_img2img=is_img2img) is None:
        text = f"parts of a picture are drawn again by the extension {DETAILER}, which isn't here"
        raise InvalidRequest(f"Invalid value for parameter Prompt: {text}")
    script = ScriptIntent(name=DETAILER, args=(True, False, *units))
    return DrawnAgain(scripts=(script,), warnings=tuple(warnings))


def _units(prompt: FilledPrompt, request: SwarmRequest) -> Iterator[tuple[dict[str, Any], float]]:
    """Yield units for objects, then for segments, each with its creativity."""
    shared: dict[str, Any] = {
        "ad_mask_blur": request.get("segmentmaskblur", 10),
        "ad_inpaint_only_masked_padding": request.get("segmentmaskoversize", 16),
    }
    with_model = _model(request, "regionalobjectinpaintingmodel")
    for place in prompt.regions:
        if place.repaint is not None:
            yield {**shared, **with_model, **_placed(place, prompt.base)}, place.repaint
    shared |= _model(request, "segmentmodel")
    grown = request.get("segmentmaskgrow", 16)
    for part in prompt.segments:
        yield {**shared, **_found(part, prompt.base, grown)}, part.creativity


def _model(request: SwarmRequest, name: str) -> dict[str, Any]:
    """The checkpoint that a parameter names, if it is given."""
    return {"ad_use_checkpoint": True, "ad_checkpoint": request.get(name, "")} if request.has(name) else {}


def _placed(place: RegionPart, whole: str) -> dict[str, Any]:
    box = ",".join(f"{share:g}" for share in (place.x, place.y, place.width, place.height))
    return {"ad_model": f"{PLACE}{box}", "ad_prompt": place.prompt or whole, "ad_dilate_erode": 0}


def _found(part: SegmentPart, whole: str, grown: int) -> dict[str, Any]:
    """``grown``: pixels to each side, where the script counts both."""
    by_files = all(one.lower().startswith(YOLO) for one in part.finders)
    default = SURE_OF_FILES if by_files else SURE_OF_WORDS
    wider = min(2 * grown + 1, MOST_GROWN) if grown else 0
    return {
        "ad_model": "|".join(map(_detector, part.finders)),
        "ad_prompt": part.prompt or whole,
        "ad_negative_prompt": part.negative_prompt,
        "ad_confidence": default if part.threshold is None else part.threshold,
        "ad_mask_merge_invert": "Merge and Invert" if part.inverted else "Merge",
        "ad_dilate_erode": -wider if part.inverted else wider,
    }


def _detector(finder: str) -> str:
    """Return the script's name for a finder."""
    return finder[len(YOLO) :] if finder.lower().startswith(YOLO) else f"{WORDS}{finder}"
