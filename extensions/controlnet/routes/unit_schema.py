"""The schema of a ControlNet unit in the OpenAPI document; ``units.parse`` takes more spellings than it."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from extensions.controlnet.units.spellings import (
    ControlMode,
    HiresOption,
    InputMode,
    PulidMode,
    ResizeMode,
    UnionType,
)


class ControlNetImage(BaseModel):
    """A control picture with its mask."""

    image: str
    mask: str | None = None


class ControlNetUnit(BaseModel):
    """One item of ``alwayson_scripts.controlnet.args``. Every field may be left out, or null."""

    model_config = ConfigDict(extra="allow")

    enabled: bool | None = Field(None, description="by default true if the unit says anything")
    module: str | None = Field(None, description="a preprocessor of /controlnet/module_list; by default none")
    model: str | None = Field(None, description="a title of /controlnet/model_list, or None")
    weight: float | None = Field(None, ge=0, le=2, description="by default 1")
    image: str | ControlNetImage | list[str | ControlNetImage] | None = Field(
        None, description="base64, a data URL or a link; without it img2img's own picture is used"
    )
    mask: str | None = Field(None, description="where the unit acts; it needs an image of its own")
    resize_mode: ResizeMode | int | None = Field(None, description=f"by default {ResizeMode.CROP}")
    low_vram: bool | None = None
    processor_res: float | None = Field(None, description="by default -1, the module's own value")
    threshold_a: float | None = Field(None, description="by default -1, the module's own value")
    threshold_b: float | None = Field(None, description="by default -1, the module's own value")
    guidance_start: float | None = Field(None, ge=0, le=1, description="by default 0")
    guidance_end: float | None = Field(None, ge=0, le=1, description="by default 1")
    guidance_by_noise: bool | None = Field(
        None, description="whether start and end are shares of the model's timesteps, not of the steps"
    )
    pixel_perfect: bool | None = Field(None, description="by default false")
    control_mode: ControlMode | int | None = Field(None, description=f"by default {ControlMode.BALANCED}")
    inpaint_crop_input_image: bool | None = Field(None, description="by default true")
    hr_option: HiresOption | int | None = Field(None, description=f"by default {HiresOption.BOTH}")
    save_detected_map: bool | None = Field(None, description="by default true")
    advanced_weighting: list[float] | None = Field(None, description="one number for each layer")
    effective_region_mask: str | None = None
    union_control_type: UnionType | int | None = Field(None, description="by default what the module makes")
    pulid_mode: PulidMode | int | None = Field(None, description=f"by default {PulidMode.FIDELITY}")
    input_mode: InputMode | int | None = Field(None, description=f"by default {InputMode.SIMPLE}")
    ipadapter_input: str | list[str] | None = Field(None, description="embeddings in place of pictures")


UNITS: dict[str, Any] = {
    "type": "array",
    "items": {"$ref": f"#/components/schemas/{ControlNetUnit.__name__}"},
    "description": "Units of the first months' form, whose fields begin with `controlnet_` outside of it.",
}


def with_units(schema: str) -> dict[str, Any]:
    """``openapi_extra`` of a route whose body is one of these with ``controlnet_units`` in it."""
    whole = [{"$ref": f"#/components/schemas/{schema}"}]
    body = {"allOf": whole, "properties": {"controlnet_units": UNITS}}
    return {"requestBody": {"content": {"application/json": {"schema": body}}}}
