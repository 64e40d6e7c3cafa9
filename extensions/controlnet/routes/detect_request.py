"""The body of ``POST /controlnet/detect``."""

from __future__ import annotations

import math
from typing import Annotated, cast

from pydantic import AliasChoices, BaseModel, BeforeValidator, Field, WithJsonSchema

from sdapi.plugin import FORMAT


def given(value: object) -> object:
    """Read null as -1, the module's own value."""
    return -1 if value is None else value


def whole(value: object) -> object:
    """Cut fractions off, as the original's forms do."""
    finite = isinstance(value, float) and math.isfinite(value)
    return int(cast("float", value)) if finite else given(value)


def listed(value: object) -> object:
    """Read null as an empty list."""
    return [] if value is None else value


PICTURES = {"type": "array", "items": FORMAT}
Number = Annotated[float, BeforeValidator(given), WithJsonSchema({"type": "number", "nullable": True})]
Whole = Annotated[int, BeforeValidator(whole), WithJsonSchema({"type": "number", "nullable": True})]


class Detection(BaseModel):
    """A preprocessor and the pictures to run it on; -1 means the module's own value."""

    controlnet_module: str = "none"
    controlnet_input_images: Annotated[list[str], WithJsonSchema(PICTURES)] = Field(
        default=[], validation_alias=AliasChoices("controlnet_input_images", "controlnet_images")
    )
    """Sent as ``controlnet_images`` by webuiapi."""
    controlnet_processor_res: Whole = -1
    controlnet_threshold_a: Number = -1
    controlnet_threshold_b: Number = -1
    controlnet_masks: Annotated[
        list[str], BeforeValidator(listed), WithJsonSchema({**PICTURES, "nullable": True})
    ] = []
    low_vram: bool = False
