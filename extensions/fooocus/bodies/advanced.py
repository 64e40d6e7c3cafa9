"""``advanced_params`` and the entries of ``loras``."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from pydantic import AliasChoices, BeforeValidator, Field

from extensions.fooocus.bodies.fields import Given
from extensions.fooocus.bodies.ranges import Within
from sdapi.plugin import Bool, Float, Int, Str

ShareField: TypeAlias = Annotated[Float, Within(0, 1)]
Overwrite: TypeAlias = Annotated[Float, Within(-1, 1)]
Side: TypeAlias = Annotated[Int, Within(-1, 2048)]
Threshold: TypeAlias = Annotated[Int, Within(1, 255)]
GrowField: TypeAlias = Annotated[Int, Within(-64, 64)]
Scaler: TypeAlias = Annotated[Float, Within(0.1, 3)]


def _rounded(value: object) -> object:
    """Round a fraction: older clients send whole numbers so."""
    return round(value) if isinstance(value, float) and abs(value) < 1e9 else value


class FooocusLora(Given):
    """A LoRA file by its name."""

    enabled: Bool = True
    model_name: Str = "None"
    weight: Annotated[Float, Within(-2, 2)] = 0.5


class AdvancedParams(Given):
    """Fields of the original's advanced panel; -1 overwrites nothing."""

    disable_preview: Bool = False
    disable_intermediate_results: Bool = False
    disable_seed_increment: Bool = False
    adm_scaler_positive: Scaler = 1.5
    adm_scaler_negative: Scaler = 0.8
    adm_scaler_end: ShareField = 0.3
    refiner_swap_method: Str = "joint"
    adaptive_cfg: Annotated[Float, Within(1, 30)] = 7.0
    clip_skip: Annotated[Int, Within(1, 12)] | None = None
    sampler_name: Str = "dpmpp_2m_sde_gpu"
    scheduler_name: Str = "karras"
    overwrite_step: Annotated[Int, Within(-1, 200)] = -1
    overwrite_switch: Annotated[Float, Within(-1, 200)] = -1
    overwrite_width: Side = -1
    overwrite_height: Side = -1
    overwrite_vary_strength: Overwrite = -1
    overwrite_upscale_strength: Overwrite = -1
    mixing_image_prompt_and_vary_upscale: Bool = False
    mixing_image_prompt_and_inpaint: Bool = False
    debugging_cn_preprocessor: Bool = False
    skipping_cn_preprocessor: Bool = False
    canny_low_threshold: Annotated[Threshold, BeforeValidator(_rounded)] = 64
    canny_high_threshold: Annotated[Threshold, BeforeValidator(_rounded)] = 128
    controlnet_softness: ShareField = 0.25
    freeu_enabled: Bool = False
    freeu_b1: Annotated[Float, Within(-100, 100)] = 1.01
    freeu_b2: Annotated[Float, Within(-100, 100)] = 1.02
    freeu_s1: Annotated[Float, Within(-100, 100)] = 0.99
    freeu_s2: Annotated[Float, Within(-100, 100)] = 0.95
    debugging_inpaint_preprocessor: Bool = False
    inpaint_disable_initial_latent: Bool = False
    inpaint_engine: Str = "v2.6"
    inpaint_strength: ShareField = 1.0
    inpaint_respective_field: ShareField = 1.0
    inpaint_advanced_masking_checkbox: Bool = Field(
        default=True,
        validation_alias=AliasChoices("inpaint_advanced_masking_checkbox", "inpaint_mask_upload_checkbox"),
    )
    invert_mask_checkbox: Bool = False
    inpaint_erode_or_dilate: GrowField = 0
    dino_erode_or_dilate: GrowField = 0
    debugging_dino: Bool = False
    debugging_enhance_masks_checkbox: Bool = False
    black_out_nsfw: Bool = False
    vae_name: Str = "Default (model)"
