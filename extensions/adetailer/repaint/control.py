"""The scripts that go along with a repainting: a ControlNet unit, and templates in prompts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from extensions.adetailer.units.unit import DetailUnit
from pipelines.plugin import GenerationRequest, ScriptCall

CONTROLNET = "ControlNet"
TEMPLATES = "dynamic prompts"
PASSED_ON = "passthrough"
PREPROCESSORS = (
    ("inpaint", "inpaint_global_harmonious"),
    ("scribble", "t2ia_sketch_pidi"),
    ("lineart", "lineart_coarse"),
    ("openpose", "openpose_full"),
    ("tile", "tile_resample"),
    ("depth", "depth_midas"),
)
"""Preprocessors by a part of the control model's name, for units that name none."""
NONE = ("", "none")


def scripts_of(
    unit: DetailUnit, request: GenerationRequest, warn: Callable[[str], None]
) -> tuple[ScriptCall, ...]:
    """Always-on scripts of the repainting generations."""
    model = unit.controlnet_model
    calls = list(_templates(request.always_on))
    if model.lower() == PASSED_ON:
        calls += [call for call in request.always_on if call.name.lower() == CONTROLNET.lower()]
    elif model.lower() not in NONE:
        calls.append(ScriptCall(name=CONTROLNET, args=(_control(unit, warn),)))
    return tuple(calls)


def _templates(calls: Iterable[ScriptCall]) -> Iterable[ScriptCall]:
    """Templates are read in a unit's prompts as in the picture's, one prompt of each."""
    for call in calls:
        if call.name.lower().startswith(TEMPLATES) and call.args[:1] != (False,):
            yield ScriptCall(name=call.name, args=(True,))


def _control(unit: DetailUnit, warn: Callable[[str], None]) -> dict[str, Any]:
    """A unit that looks at the picture that is repainted."""
    module = unit.controlnet_module
    if module.lower() in NONE:
        name = unit.controlnet_model.lower()
        module = next((one for part, one in PREPROCESSORS if part in name), "none")
        if module != "none":
            warn(f"{unit.place}.ad_controlnet_module: {module} was used, as the model's name says")
    return {
        "enabled": True,
        "module": module,
        "model": unit.controlnet_model,
        "weight": unit.controlnet_weight,
        "guidance_start": min(unit.controlnet_guidance_start, unit.controlnet_guidance_end),
        "guidance_end": unit.controlnet_guidance_end,
        "pixel_perfect": True,
        "save_detected_map": False,
    }
