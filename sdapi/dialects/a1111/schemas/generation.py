"""Bodies of txt2img and img2img: A1111's field names, order and defaults (the echo keeps this order)."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field, GetJsonSchemaHandler, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from pipelines.contract.requests import DEFAULT_STRENGTH
from sdapi.dialects.a1111.schemas.pictures import OptPicture, OptPictures
from sdapi.http.lax import (
    Bool,
    Dict,
    Float,
    List,
    OptBool,
    OptDict,
    OptFloat,
    OptInt,
    OptStr,
    OptStrList,
    Str,
)
from sdapi.jobs.preferences import BODY_FIELDS


class Body(BaseModel):
    """Unknown fields are kept aside, so that they can be reported, and never echoed."""

    model_config = ConfigDict(extra="allow")
    NEVER_NULL: ClassVar[frozenset[str]] = frozenset()

    @model_validator(mode="before")
    @classmethod
    def _default_for_null(cls, values: Any) -> Any:
        """Clients write null for what their user left alone, even where the original refuses it."""
        if not isinstance(values, dict):
            return values
        given: dict[str, Any] = values
        return {name: v for name, v in given.items() if v is not None or name not in cls.NEVER_NULL}

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Null is taken for these fields too."""
        schema = handler(core_schema)
        properties = handler.resolve_ref_schema(schema)["properties"]
        for name in cls.NEVER_NULL:
            properties[name]["nullable"] = True
        return schema

    def echo(self) -> dict[str, Any]:
        """The coerced fields in schema order."""
        return {name: getattr(self, name) for name in type(self).model_fields}

    def unknown(self) -> tuple[str, ...]:
        """Names of fields that no schema knows."""
        return tuple(name for name in self.model_extra or () if name not in BODY_FIELDS)


_SHARED = frozenset({"sampler_index", "script_args", "send_images", "save_images", "alwayson_scripts"})


class _Start(Body):
    prompt: OptStr = ""
    negative_prompt: OptStr = ""
    styles: OptStrList = None
    seed: OptInt = -1
    subseed: OptInt = -1
    subseed_strength: OptFloat = 0
    seed_resize_from_h: OptInt = -1
    seed_resize_from_w: OptInt = -1
    sampler_name: OptStr = None
    scheduler: OptStr = None
    batch_size: OptInt = 1
    n_iter: OptInt = 1
    steps: OptInt = 50
    cfg_scale: OptFloat = 7.0
    width: OptInt = 512
    height: OptInt = 512
    restore_faces: OptBool = None
    tiling: OptBool = None
    do_not_save_samples: OptBool = False
    do_not_save_grid: OptBool = False
    eta: OptFloat = None


class StableDiffusionProcessingTxt2Img(_Start):
    """Body of ``POST /sdapi/v1/txt2img``."""

    NEVER_NULL: ClassVar[frozenset[str]] = _SHARED
    denoising_strength: OptFloat = None
    s_min_uncond: OptFloat = None
    s_churn: OptFloat = None
    s_tmax: OptFloat = None
    s_tmin: OptFloat = None
    s_noise: OptFloat = None
    override_settings: OptDict = None
    override_settings_restore_afterwards: OptBool = True
    refiner_checkpoint: OptStr = None
    refiner_switch_at: OptFloat = None
    disable_extra_networks: OptBool = False
    firstpass_image: OptStr = None
    comments: OptDict = None
    enable_hr: OptBool = False
    firstphase_width: OptInt = 0
    firstphase_height: OptInt = 0
    hr_scale: OptFloat = 2.0
    hr_upscaler: OptStr = None
    hr_second_pass_steps: OptInt = 0
    hr_resize_x: OptInt = 0
    hr_resize_y: OptInt = 0
    hr_checkpoint_name: OptStr = None
    hr_sampler_name: OptStr = None
    hr_scheduler: OptStr = None
    hr_prompt: OptStr = ""
    hr_negative_prompt: OptStr = ""
    force_task_id: OptStr = None
    sampler_index: Str = "Euler"
    script_name: OptStr = None
    script_args: List = []
    send_images: Bool = True
    save_images: Bool = False
    alwayson_scripts: Dict = {}
    infotext: OptStr = None


class StableDiffusionProcessingImg2Img(_Start):
    """Body of ``POST /sdapi/v1/img2img``."""

    NEVER_NULL: ClassVar[frozenset[str]] = _SHARED | {"denoising_strength", "include_init_images"}
    denoising_strength: Annotated[Float, Field(json_schema_extra={"minimum": 0, "maximum": 1})] = (
        DEFAULT_STRENGTH
    )
    s_min_uncond: OptFloat = None
    s_churn: OptFloat = None
    s_tmax: OptFloat = None
    s_tmin: OptFloat = None
    s_noise: OptFloat = None
    override_settings: OptDict = None
    override_settings_restore_afterwards: OptBool = True
    refiner_checkpoint: OptStr = None
    refiner_switch_at: OptFloat = None
    disable_extra_networks: OptBool = False
    firstpass_image: OptStr = None
    comments: OptDict = None
    init_images: OptPictures = None
    resize_mode: Annotated[OptInt, Field(json_schema_extra={"minimum": 0, "maximum": 3})] = 0
    image_cfg_scale: OptFloat = None
    mask: OptPicture = None
    mask_blur_x: OptInt = 4
    mask_blur_y: OptInt = 4
    mask_blur: OptInt = None
    mask_round: OptBool = True
    inpainting_fill: OptInt = 0
    inpaint_full_res: OptBool = True
    inpaint_full_res_padding: OptInt = 0
    inpainting_mask_invert: OptInt = 0
    initial_noise_multiplier: OptFloat = None
    latent_mask: OptStr = None
    force_task_id: OptStr = None
    sampler_index: Str = "Euler"
    include_init_images: Bool = False
    script_name: OptStr = None
    script_args: List = []
    send_images: Bool = True
    save_images: Bool = False
    alwayson_scripts: Dict = {}
    infotext: OptStr = None


class TextToImageResponse(BaseModel):
    """Pictures in base64, the request's echo, and A1111's info as JSON text."""

    images: list[str] | None = None
    parameters: dict[str, Any]
    info: Str
    warnings: list[str] = []
    effective_parameters: dict[str, Any] = {}
    id: Str = ""


class ImageToImageResponse(TextToImageResponse):
    """The same for img2img."""


Generation = StableDiffusionProcessingTxt2Img | StableDiffusionProcessingImg2Img
