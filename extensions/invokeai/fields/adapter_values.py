"""Adapters as they travel along edges: a picture, a network, a strength, and a span of the way."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import BaseModel, Field, model_validator

from extensions.invokeai.fields.model_values import ModelIdentifierField
from extensions.invokeai.fields.values import ImageField, TensorField

CONTROLNET_MODE_VALUES = Literal["balanced", "more_prompt", "more_control", "unbalanced"]
CONTROLNET_RESIZE_VALUES = Literal["just_resize", "crop_resize", "fill_resize", "just_resize_simple"]
IP_METHODS = Literal["full", "style", "composition", "style_strong", "style_precise"]
CLIP_VISION_NAMES = Literal["ViT-H", "ViT-G", "ViT-L"]


class _Span(BaseModel):
    """A span of the denoising, as shares of its steps: 0 is the first, 1 the last."""

    begin_step_percent: float = Field(default=0, ge=0, le=1, description="Part of the way at which it begins")
    end_step_percent: float = Field(default=1, ge=0, le=1, description="Part of the way at which it ends")

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.begin_step_percent > self.end_step_percent:
            raise ValueError("begin_step_percent must not be above end_step_percent")
        return self


class ControlField(_Span):
    """A control network and its picture."""

    image: ImageField = Field(description="The control picture")
    control_model: ModelIdentifierField = Field(description="The network")
    control_weight: float | list[float] = Field(default=1, description="Its strength")
    control_mode: CONTROLNET_MODE_VALUES = Field(default="balanced", description="Whose word counts more")
    resize_mode: CONTROLNET_RESIZE_VALUES = Field(default="just_resize", description="How it is fitted")

    @model_validator(mode="after")
    def _in_range(self) -> Self:
        weights = self.control_weight if isinstance(self.control_weight, list) else [self.control_weight]
        if not all(-1 <= weight <= 2 for weight in weights):
            raise ValueError("control weights must be between -1 and 2")
        return self


class IPAdapterField(_Span):
    """An IP-Adapter and its pictures."""

    image: ImageField | list[ImageField] = Field(description="The image prompts")
    ip_adapter_model: ModelIdentifierField = Field(description="The adapter")
    image_encoder_model: ModelIdentifierField | None = Field(default=None, description="The image encoder")
    weight: float | list[float] = Field(default=1, description="Its strength")
    target_blocks: list[str] = Field(default_factory=list, description="Blocks of the UNet that it reaches")
    method: str = Field(default="full", description="What of the picture is taken")
    mask: TensorField | None = Field(default=None, description="True where it holds")


class T2IAdapterField(_Span):
    """A T2I-Adapter and its picture."""

    image: ImageField = Field(description="The control picture")
    t2i_adapter_model: ModelIdentifierField = Field(description="The adapter")
    weight: float | list[float] = Field(default=1, description="Its strength")
    resize_mode: CONTROLNET_RESIZE_VALUES = Field(default="just_resize", description="How it is fitted")


class FluxControlNetField(_Span):
    """A control network of FLUX and its picture."""

    image: ImageField = Field(description="The control picture")
    control_model: ModelIdentifierField = Field(description="The network")
    control_weight: float | list[float] = Field(default=1, description="Its strength")
    resize_mode: CONTROLNET_RESIZE_VALUES = Field(default="just_resize", description="How it is fitted")
    instantx_control_mode: int | None = Field(default=-1, description="The mode of a union network")


class LoRAMetadataField(BaseModel):
    """A LoRA as an entry of metadata."""

    model: ModelIdentifierField = Field(description="The file")
    weight: float = Field(description="Its strength")
