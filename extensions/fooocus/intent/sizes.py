"""The size of a picture from words, and the side that a checkpoint draws best."""

from __future__ import annotations

import math
from pathlib import Path

from extensions.fooocus.bodies.advanced import AdvancedParams
from extensions.fooocus.bodies.common import RATIO
from extensions.fooocus.bodies.fields import sides_of
from pipelines.plugin import Family, SdapiError, family_of, named_size

NATIVE = 1024
"""The side that the words of sizes were chosen for, and that of a file that can't be read."""
UNKNOWN = 512
"""The side of a checkpoint whose family is unknown."""
STEP = 8
"""Sides are multiples of it, whatever the checkpoint."""


def native_side(checkpoint: Path) -> int:
    """The side in pixels of the pictures that a checkpoint was made for."""
    try:
        named = named_size(checkpoint)
        family = family_of(checkpoint)
    except (OSError, SdapiError, ValueError):
        return NATIVE
    if named is not None:
        return round(math.sqrt(named[0] * named[1]))
    return UNKNOWN if family is None else family.native_side


def are_alike(one: Path, other: Path) -> bool:
    """True if two checkpoints have the same kind of latents: SDXL's are others than those of SD 1 and 2."""
    first, second = (family_at(path) for path in (one, other))
    return (first and first.latents) == (second and second.latents)


def family_at(checkpoint: Path) -> Family | None:
    """The family of a checkpoint; None where it is not known here, and where there is no checkpoint."""
    try:
        return family_of(checkpoint)
    except (OSError, SdapiError, ValueError):
        return None  # the engine reports what is wrong with the file


def picture_size(ratio: str, advanced: AdvancedParams, native: int, *, asked: bool) -> tuple[int, int]:
    """Width and height; a ratio that wasn't ``asked`` for is fitted to the checkpoint's native side."""
    found = sides_of(ratio) or sides_of(RATIO)
    assert found is not None
    width, height = found
    if not asked:
        width, height = (round(side * native / NATIVE / STEP) * STEP for side in (width, height))
    if advanced.overwrite_width > 0:
        width = max(STEP, advanced.overwrite_width)
    if advanced.overwrite_height > 0:
        height = max(STEP, advanced.overwrite_height)
    return width, height
