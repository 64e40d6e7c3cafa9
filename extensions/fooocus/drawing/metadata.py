"""What a picture's file says of how it was made, in the two schemes that the original writes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from extensions.fooocus.drawing.saving import VERSION
from extensions.fooocus.kinds import FooocusPicture, FooocusRequest


def metadata_of(
    request: FooocusRequest, picture: FooocusPicture, size: tuple[int, int], model_hash: str | None
) -> str | None:
    """The text for the file; None where none is wished."""
    if not request.saving.scheme:
        return None
    if request.saving.scheme == "a1111":
        return _infotext(request, picture, size, model_hash)
    values = _values(request, picture, size, model_hash)
    return json.dumps(dict(sorted(values.items())), ensure_ascii=False)


def _values(
    request: FooocusRequest, picture: FooocusPicture, size: tuple[int, int], model_hash: str | None
) -> dict[str, Any]:
    told, steering, base = request.told, request.steering, request.base
    adm = (steering.adm_positive, steering.adm_negative, steering.adm_end)
    values: dict[str, Any] = {
        "prompt": picture.prompt,
        "negative_prompt": picture.negative_prompt,
        "prompt_expansion": picture.expansion,
        "styles": str(list(picture.styles)),
        "performance": told.performance,
        "steps": base.steps,
        "resolution": str(size),
        "guidance_scale": base.cfg_scale,
        "sharpness": steering.sharpness,
        "adm_guidance": str(adm),
        "base_model": Path(base.checkpoint).stem,
        "base_model_hash": model_hash or "",
        "refiner_model": told.refiner if told.refiner == "None" else Path(told.refiner).stem,
        "refiner_switch": told.refiner_switch,
        "sampler": told.sampler,
        "scheduler": told.scheduler,
        "vae": told.vae,
        "seed": str(picture.seed),
        "loras": [[name, weight, ""] for name, weight in told.loras],
        "full_prompt": [*picture.positive, *([picture.expansion] if picture.expansion else [])],
        "full_negative_prompt": list(picture.negative),
        "metadata_scheme": request.saving.scheme,
        "version": VERSION,
    }
    combined = {
        f"lora_combined_{number}": f"{name} : {weight}" for number, (name, weight) in enumerate(told.loras, 1)
    }
    return {**values, **combined, **_unusual(request)}


def _unusual(request: FooocusRequest) -> dict[str, Any]:
    """What is only said where it isn't as always."""
    told, steering = request.told, request.steering
    values: dict[str, Any] = {}
    if told.overwrite_switch > 0:
        values["overwrite_switch"] = told.overwrite_switch
    if told.refiner != "None":
        values["refiner_swap_method"] = told.swap_method
    if steering.adaptive_cfg != 7.0:
        values["adaptive_cfg"] = steering.adaptive_cfg
    if told.clip_skip > 1:
        values["clip_skip"] = told.clip_skip
    if steering.freeu is not None:
        values["freeu"] = str(steering.freeu)
    return values


def _infotext(
    request: FooocusRequest, picture: FooocusPicture, size: tuple[int, int], model_hash: str | None
) -> str:
    values, base = _values(request, picture, size, model_hash), request.base
    pairs: dict[str, Any] = {
        "Steps": base.steps,
        "Sampler": _sampler(request),
        "Seed": picture.seed,
        "Size": f"{size[0]}x{size[1]}",
        "CFG scale": base.cfg_scale,
        "Sharpness": request.steering.sharpness,
        "ADM Guidance": values["adm_guidance"],
        "Model": values["base_model"],
        "Model hash": model_hash or "",
        "Performance": request.told.performance,
        "Scheduler": request.told.scheduler,
        "VAE": request.told.vae,
        "Raw prompt": picture.prompt,
        "Raw negative prompt": picture.negative_prompt,
        **({"Refiner": values["refiner_model"]} if request.told.refiner != "None" else {}),
        **({"Adaptive CFG": values["adaptive_cfg"]} if "adaptive_cfg" in values else {}),
        **({"Clip skip": values["clip_skip"]} if "clip_skip" in values else {}),
        **({"FreeU": values["freeu"]} if "freeu" in values else {}),
        "Lora weights": ", ".join(f"{name}: {weight}" for name, weight in request.told.loras),
        "Version": VERSION,
    }
    written = ", ".join(f"{key}: {_quoted(value)}" for key, value in pairs.items() if str(value) != "")
    positive, negative = ", ".join(values["full_prompt"]), ", ".join(values["full_negative_prompt"])
    return "\n".join([positive, *([f"Negative prompt: {negative}"] if negative else []), written])


def _sampler(request: FooocusRequest) -> str:
    karras = request.told.scheduler == "karras"
    return f"{request.base.sampler} Karras" if karras else request.base.sampler


def _quoted(value: object) -> str:
    """A value that holds what ends values is written as JSON."""
    text = str(value)
    return json.dumps(text, ensure_ascii=False) if any(mark in text for mark in ',:\n"') else text
