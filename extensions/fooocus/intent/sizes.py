"""The size of a picture from words, and the side that a checkpoint draws best."""

from __future__ import annotations

import math
from functools import lru_cache
from pathlib import Path

from extensions.fooocus.bodies.advanced import AdvancedParams
from extensions.fooocus.bodies.common import RATIO
from extensions.fooocus.bodies.fields import sides_of
from pipelines.plugin import SdapiError, named_size, stamp, tensor_shapes

SDXL, SD2, SD1 = 1024, 768, 512
CELL = 8
_SDXL_PART = "conditioner.embedders."
_SD2_PART = "cond_stage_model.model."


def native_side(checkpoint: Path) -> int:
    """The side in pixels of the pictures that a checkpoint was made for."""
    try:
        return _native_side(checkpoint, stamp(checkpoint))
    except (OSError, SdapiError, ValueError):
        return SDXL  # the engine says what is wrong with the file


def are_alike(one: Path, other: Path) -> bool:
    """Whether two checkpoints understand each other's latents: SDXL's are others than those of SD 1 and 2."""
    return is_sdxl(one) == is_sdxl(other)


def is_sdxl(checkpoint: Path) -> bool:
    """Whether a file is a checkpoint of SDXL."""
    try:
        return _named_sdxl(checkpoint, stamp(checkpoint))
    except (OSError, SdapiError, ValueError):
        return False  # the engine says what is wrong with the file


@lru_cache(maxsize=64)
def _named_sdxl(checkpoint: Path, version: object) -> bool:
    return any(name.startswith(_SDXL_PART) for name in tensor_shapes(checkpoint))


@lru_cache(maxsize=64)
def _native_side(checkpoint: Path, version: object) -> int:
    named = named_size(checkpoint)
    if named is not None:
        return round(math.sqrt(named[0] * named[1]))
    names = tensor_shapes(checkpoint)
    if any(name.startswith(_SDXL_PART) for name in names):
        return SDXL
    return SD2 if any(name.startswith(_SD2_PART) for name in names) else SD1


def picture_size(ratio: str, advanced: AdvancedParams, native: int, *, asked: bool) -> tuple[int, int]:
    """Width and height in whole cells; what nobody asked for is fitted to the checkpoint's own size."""
    found = sides_of(ratio) or sides_of(RATIO)
    assert found is not None
    width, height = found
    if not asked:
        width, height = (round(side * native / SDXL / CELL) * CELL for side in (width, height))
    if advanced.overwrite_width > 0:
        width = max(CELL, advanced.overwrite_width)
    if advanced.overwrite_height > 0:
        height = max(CELL, advanced.overwrite_height)
    return width, height
