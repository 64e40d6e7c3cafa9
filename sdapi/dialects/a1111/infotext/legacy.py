"""Adapt infotexts of older versions: hires sizes, and settings whose meaning has changed since."""

from __future__ import annotations

import math
import re
from itertools import count
from typing import Any

_VERSION = re.compile(r"v?(\d+)\.(\d+)\.(\d+)(?:-(\d+))?(?:-g[0-9a-f]+)?", re.ASCII)
_NAME_AND_HASH = re.compile(r"(.+)\([^()]*\)")

Version = tuple[int, ...]


def read_version(text: object) -> Version | None:
    """``v1.6.0-12-gabc`` as (1, 6, 0, 12); None for anything else."""
    match = _VERSION.fullmatch(str(text))
    return tuple(int(part or 0) for part in match.groups()) if match else None


def has_hires_styles(version: object) -> bool:
    """True if this version wrote styles into hires prompts, too: any after v1.8.0-139, or an unknown one."""
    found = read_version(version)
    return found is None or found > (1, 8, 0, 139)


def add_back_compatibility(result: dict[str, Any], *, enabled: bool) -> None:
    """Add the settings that make today's code behave as the version that wrote the text."""
    version = read_version(result.get("Version"))
    if not enabled or version is None:
        return
    if version < (1, 6, 0, 0):
        if "[" in result.get("Prompt", ""):
            result["Old prompt editing timelines"] = True
        if result.get("Sampler") in ("DDIM", "PLMS"):
            result["Pad conds v0"] = True
    if version < (1, 7, 0, 225):
        result["Downcast alphas_cumprod"] = True
    if version < (1, 8, 0, 0) and "Refiner" in result:
        result["Refiner switch by sampling steps"] = True


def add_additional_networks(result: dict[str, Any]) -> None:
    """Turn the keys of the old Additional Networks extension into LoRA tags, on a line of their own."""
    tags: list[str] = []
    for number in count(1):
        module = result.get(f"AddNet Module {number}")
        if module is None:
            break
        match = _NAME_AND_HASH.fullmatch(str(result.get(f"AddNet Model {number}", "")))
        if module == "LoRA" and match:
            tags.append(f"<lora:{match[1]}:{result.get(f'AddNet Weight A {number}', '1')}>")
    if tags:
        result["Prompt"] += "\n" + "".join(tags)


def legacy_hires_size(result: dict[str, Any], *, target_is_resize: bool) -> None:
    """Turn the old ``First pass size`` into today's fields, where ``Size`` is the first pass."""
    first = _numbers(result, "First pass size-1", "First pass size-2")
    size = _numbers(result, "Size-1", "Size-2")
    if first is None:
        resize = _numbers(result, "Hires resize-1", "Hires resize-2")
        if target_is_resize and resize and all(resize):
            result["Size-1"], result["Size-2"] = resize
        return
    if size is None:
        return
    width, height = first if all(first) else automatic_first_pass(*size)
    result["Size-1"], result["Size-2"] = width, height
    result["Hires resize-1"], result["Hires resize-2"] = size


def automatic_first_pass(width: int, height: int) -> tuple[int, int]:
    """About 512 x 512 pixels in the target's shape, sides rounded up to multiples of 64."""
    scale = math.sqrt(512 * 512 / max(width * height, 1))
    return math.ceil(scale * width / 64) * 64, math.ceil(scale * height / 64) * 64


def _numbers(result: dict[str, Any], *keys: str) -> tuple[int, int] | None:
    try:
        first, second = (int(result[key]) for key in keys)
    except (KeyError, ValueError):
        return None
    return first, second
