"""Metadata of a picture's file, in the two schemes that the original writes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from extensions.fooocus.drawing.saving import VERSION
from extensions.fooocus.kinds import FooocusPicture, FooocusRequest

if TYPE_CHECKING:
    from pipelines.plugin import Services

DIGITS = 10
UNUSUAL = {
    "Refiner hash": "refiner_model_hash",
    "Adaptive CFG": "adaptive_cfg",
    "Clip skip": "clip_skip",
    "Overwrite Switch": "overwrite_switch",
    "Refiner Swap Method": "refiner_swap_method",
    "FreeU": "freeu",
}
"""Labels in the scheme ``a1111`` of values that are written only where they are unusual."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileHashes:
    """The first digits of the SHA-256 of every file that a picture was made with; empty where unknown."""

    model: str = ""
    refiner: str = ""
    loras: tuple[str, ...] = ()


def begin_hashes(request: FooocusRequest, services: Services) -> None:
    """Hash the files on threads of their own while pictures are drawn; ``hashes_of`` waits for them."""
    if not request.saving.scheme:
        return
    refiner = request.base.refiner
    others = () if refiner is None else (refiner.checkpoint,)
    for path in (request.base.checkpoint, *others, *request.told.lora_files):
        services.hashes.begin(Path(path))


def hashes_of(request: FooocusRequest, services: Services) -> FileHashes:
    """The hashes of a request's files; none where no metadata are wished."""
    if not request.saving.scheme:
        return FileHashes()

    def digits(path: str) -> str:
        return (services.hashes.sha256(Path(path)) or "")[:DIGITS]

    refiner = request.base.refiner
    return FileHashes(
        model=digits(request.base.checkpoint),
        refiner="" if refiner is None else digits(refiner.checkpoint),
        loras=tuple(map(digits, request.told.lora_files)),
    )


def metadata_of(
    request: FooocusRequest, picture: FooocusPicture, size: tuple[int, int], hashes: FileHashes
) -> str | None:
    """The text for the file; None where none is wished."""
    if not request.saving.scheme:
        return None
    if request.saving.scheme == "a1111":
        return _infotext(request, picture, size, hashes)
    values = _values(request, picture, size, hashes)
    return json.dumps(dict(sorted(values.items())), ensure_ascii=False)


def _values(
    request: FooocusRequest, picture: FooocusPicture, size: tuple[int, int], hashes: FileHashes
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
        "base_model_hash": hashes.model,
        "refiner_model": told.refiner if told.refiner == "None" else Path(told.refiner).stem,
        "refiner_switch": told.refiner_switch,
        "sampler": told.sampler,
        "scheduler": told.scheduler,
        "vae": told.vae,
        "seed": str(picture.seed),
        "loras": [list(lora) for lora in _loras(request, hashes)],
        "full_prompt": [*picture.positive, *([picture.expansion] if picture.expansion else [])],
        "full_negative_prompt": list(picture.negative),
        "metadata_scheme": request.saving.scheme,
        "version": VERSION,
    }
    combined = {
        f"lora_combined_{number}": f"{name} : {weight}" for number, (name, weight) in enumerate(told.loras, 1)
    }
    refined = told.refiner != "None" and hashes.refiner
    refiner = {"refiner_model_hash": hashes.refiner} if refined else {}
    return {**values, **combined, **refiner, **_unusual(request)}


def _loras(request: FooocusRequest, hashes: FileHashes) -> list[tuple[str, float, str]]:
    """Name, weight and hash of each."""
    loras = request.told.loras
    known = hashes.loras or ("",) * len(loras)
    return [(name, weight, hashed) for (name, weight), hashed in zip(loras, known, strict=True)]


def _unusual(request: FooocusRequest) -> dict[str, Any]:
    """Values that are written only where they are unusual."""
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
    request: FooocusRequest, picture: FooocusPicture, size: tuple[int, int], hashes: FileHashes
) -> str:
    values, base = _values(request, picture, size, hashes), request.base
    pairs: dict[str, Any] = {
        "Steps": base.steps,
        "Sampler": _sampler(request),
        "Seed": picture.seed,
        "Size": f"{size[0]}x{size[1]}",
        "CFG scale": base.cfg_scale,
        "Sharpness": request.steering.sharpness,
        "ADM Guidance": values["adm_guidance"],
        "Model": values["base_model"],
        "Model hash": hashes.model,
        "Performance": request.told.performance,
        "Scheduler": request.told.scheduler,
        "VAE": request.told.vae,
        "Raw prompt": picture.prompt,
        "Raw negative prompt": picture.negative_prompt,
        **({"Refiner": values["refiner_model"]} if request.told.refiner != "None" else {}),
        **{label: values[key] for label, key in UNUSUAL.items() if key in values},
        "Lora hashes": ", ".join(f"{name}: {hashed}" for name, _, hashed in _loras(request, hashes)),
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
    """A value as it is written: as JSON if it holds a comma, a colon, a quote or a line's end."""
    text = str(value)
    return json.dumps(text, ensure_ascii=False) if any(mark in text for mark in ',:\n"') else text
