"""An ADetailer unit: what is looked for, how its masks are made, and how each is repainted."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class KeepBy(StrEnum):
    """Measure by which things are kept where ``mask_k`` bounds their number."""

    AREA = "Area"
    CONFIDENCE = "Confidence"


class MaskMerge(StrEnum):
    """Ways to make one mask of several."""

    NONE = "None"
    MERGE = "Merge"
    INVERT = "Merge and Invert"


@dataclass(frozen=True, slots=True, kw_only=True)
class DetailUnit:
    """One unit, by the names of clients without their prefix ``ad_``; ``place`` is where it stands.

    Texts of choices that mean "as the picture" are kept as they are sent; see ``repaint``.
    """

    place: str
    model: str = "None"
    model_classes: str = ""
    tab_enable: bool = True
    prompt: str = ""
    negative_prompt: str = ""
    confidence: float = 0.3
    mask_filter_method: KeepBy = KeepBy.AREA
    mask_k: int = 0
    mask_min_ratio: float = 0.0
    mask_max_ratio: float = 1.0
    dilate_erode: int = 4
    x_offset: int = 0
    y_offset: int = 0
    mask_merge_invert: MaskMerge = MaskMerge.NONE
    mask_blur: int = 4
    denoising_strength: float = 0.4
    inpaint_only_masked: bool = True
    inpaint_only_masked_padding: int = 32
    use_inpaint_width_height: bool = False
    inpaint_width: int = 512
    inpaint_height: int = 512
    use_steps: bool = False
    steps: int = 28
    use_cfg_scale: bool = False
    cfg_scale: float = 7.0
    use_checkpoint: bool = False
    checkpoint: str = ""
    use_vae: bool = False
    vae: str = ""
    use_sampler: bool = False
    sampler: str = "DPM++ 2M Karras"
    scheduler: str = "Use same scheduler"
    use_noise_multiplier: bool = False
    noise_multiplier: float = 1.0
    use_clip_skip: bool = False
    clip_skip: int = 1
    restore_face: bool = False
    controlnet_model: str = "None"
    controlnet_module: str = "None"
    controlnet_weight: float = 1.0
    controlnet_guidance_start: float = 0.0
    controlnet_guidance_end: float = 1.0
    is_api: bool = True
