"""What ``POST /controlnet/detect`` is asked."""

from __future__ import annotations

from pydantic import AliasChoices, BaseModel, Field


class Detection(BaseModel):
    """Which preprocessor, on which pictures; -1 means the module's own value."""

    controlnet_module: str = "none"
    controlnet_input_images: list[str] = Field(
        default=[], validation_alias=AliasChoices("controlnet_input_images", "controlnet_images")
    )
    """webuiapi calls it ``controlnet_images``."""
    controlnet_processor_res: int = -1
    controlnet_threshold_a: float = -1
    controlnet_threshold_b: float = -1
    controlnet_masks: list[str] = []
    low_vram: bool = False
