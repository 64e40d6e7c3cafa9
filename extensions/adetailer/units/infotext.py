"""Write units into infotexts by the original's keys, and read them back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from extensions.adetailer.units.unit import DetailUnit

VERSION = "25.3.0"
"""The version of the original whose arguments and keys these are."""
LABELS: Mapping[str, str] = {
    "model": "model",
    "model_classes": "model classes",
    "prompt": "prompt",
    "negative_prompt": "negative prompt",
    "confidence": "confidence",
    "mask_filter_method": "method to decide top k masks",
    "mask_k": "mask k",
    "mask_min_ratio": "mask min ratio",
    "mask_max_ratio": "mask max ratio",
    "dilate_erode": "dilate erode",
    "x_offset": "x offset",
    "y_offset": "y offset",
    "mask_merge_invert": "mask merge invert",
    "mask_blur": "mask blur",
    "denoising_strength": "denoising strength",
    "inpaint_only_masked": "inpaint only masked",
    "inpaint_only_masked_padding": "inpaint padding",
    "use_inpaint_width_height": "use inpaint width height",
    "inpaint_width": "inpaint width",
    "inpaint_height": "inpaint height",
    "use_steps": "use separate steps",
    "steps": "steps",
    "use_cfg_scale": "use separate CFG scale",
    "cfg_scale": "CFG scale",
    "use_checkpoint": "use separate checkpoint",
    "checkpoint": "checkpoint",
    "use_vae": "use separate VAE",
    "vae": "VAE",
    "use_sampler": "use separate sampler",
    "sampler": "sampler",
    "scheduler": "scheduler",
    "use_noise_multiplier": "use separate noise multiplier",
    "noise_multiplier": "noise multiplier",
    "use_clip_skip": "use separate CLIP skip",
    "clip_skip": "CLIP skip",
    "restore_face": "restore face",
    "controlnet_model": "ControlNet model",
    "controlnet_module": "ControlNet module",
    "controlnet_weight": "ControlNet weight",
    "controlnet_guidance_start": "ControlNet guidance start",
    "controlnet_guidance_end": "ControlNet guidance end",
}
SWITCHED = {
    "use_inpaint_width_height": ("inpaint_width", "inpaint_height"),
    "use_steps": ("steps",),
    "use_cfg_scale": ("cfg_scale",),
    "use_checkpoint": ("checkpoint",),
    "use_vae": ("vae",),
    "use_sampler": ("sampler", "scheduler"),
    "use_noise_multiplier": ("noise_multiplier",),
    "use_clip_skip": ("clip_skip",),
}
"""Fields that are left out while their switch is off."""
ALWAYS = frozenset({"model", "confidence", "dilate_erode", "mask_blur", "denoising_strength"})
"""Fields that are always written, as ``inpaint_only_masked`` and its padding; others unless default."""
_KEY = re.compile(r"ADetailer (.+?)(?: (\d+)(?:st|nd|rd|th))?")


def suffix(index: int) -> str:
    """Return the end of a unit's keys: nothing for the first, then `` 2nd``, `` 3rd``, `` 4th``."""
    if index == 0:
        return ""
    number = index + 1
    teen = number % 100 in (11, 12, 13)
    return f" {number}{'th' if teen else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"


def write_unit(unit: DetailUnit, index: int) -> dict[str, str | int | float | bool]:
    """The pairs of the unit that is number ``index`` among those that act."""
    hidden = {name for switch, names in SWITCHED.items() if not getattr(unit, switch) for name in names}
    if not unit.inpaint_only_masked:
        hidden.add("inpaint_only_masked_padding")
    if unit.controlnet_model in ("", "None"):
        hidden |= {name for name in LABELS if name.startswith("controlnet")}
    shown = ALWAYS | {"inpaint_only_masked", "inpaint_only_masked_padding"}
    shown |= {name for switch in SWITCHED if getattr(unit, switch) for name in SWITCHED[switch]}
    plain = DetailUnit(place="")
    return {
        f"ADetailer {label}{suffix(index)}": _said(getattr(unit, name))
        for name, label in LABELS.items()
        if name not in hidden and (name in shown or getattr(unit, name) != getattr(plain, name))
    }


def _said(value: Any) -> str | int | float | bool:
    return str(value) if isinstance(value, str) else value


def read_units(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of all units in an infotext, by keys like ``ADetailer 0 ad_model``."""
    names = {label.casefold(): name for name, label in LABELS.items()}
    found: dict[str, Any] = {}
    for key, value in parameters.items():
        match = _KEY.fullmatch(key)
        name = names.get(match[1].casefold().replace("/", " ")) if match else None
        if match is not None and name is not None:
            found[f"ADetailer {int(match[2] or 1) - 1} ad_{name}"] = value
    return found
