"""Parts of a picture that a prompt names: found by a detector, and drawn again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from extensions.swarmui.prompts.sections import MASKS, SegmentPart
from pipelines.plugin import InvalidRequest
from sdapi.plugin import ScriptIntent, State

DETAILER = "ADetailer"
"""The script that finds parts of a picture and draws them again, where it is there."""
YOLO = "yolo-"
CLASSES = "a class of things can't be chosen: detectors here don't tell classes"
_OF_A_CLASS = re.compile(r"\.(?:pt|safetensors)[-:]", re.IGNORECASE)


def segment_scripts(
    segments: Sequence[SegmentPart], state: State, *, is_img2img: bool
) -> tuple[ScriptIntent, ...]:
    """The script that sees to them; none without any. Raises InvalidRequest where nothing here finds them."""
    if not segments:
        return ()
    there = state.scripts.find(DETAILER, is_img2img=is_img2img) is not None
    for part in segments:
        if why := _refusal(part.finder, there=there):
            text = f"<segment:{part.finder[:60]}> can't be done: {why}"
            raise InvalidRequest(f"Invalid value for parameter Prompt: {text}")
    return (ScriptIntent(name=DETAILER, args=(True, False, *map(_detail, segments))),)


def _refusal(finder: str, *, there: bool) -> str | None:
    """Why nothing here finds it; None for what can be looked for."""
    if not finder.lower().startswith(YOLO):
        return MASKS
    if not there:
        return f"it needs the extension {DETAILER}, which this server doesn't have"
    return CLASSES if _OF_A_CLASS.search(finder) else None


def _detail(part: SegmentPart) -> dict[str, Any]:
    """One part as that script reads it."""
    return {
        "ad_model": part.finder[len(YOLO) :],
        "ad_prompt": part.prompt,
        "ad_confidence": part.threshold,
        "ad_denoising_strength": part.creativity,
    }
