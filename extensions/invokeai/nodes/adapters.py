"""Nodes that choose control networks and image prompts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from extensions.invokeai.fields.adapter_values import (
    CLIP_VISION_NAMES,
    CONTROLNET_MODE_VALUES,
    CONTROLNET_RESIZE_VALUES,
    IP_METHODS,
    ControlField,
    IPAdapterField,
    T2IAdapterField,
)
from extensions.invokeai.fields.declare import InputField
from extensions.invokeai.fields.model_values import ModelIdentifierField
from extensions.invokeai.fields.values import ImageField, TensorField
from extensions.invokeai.invocation.base import BaseInvocation
from extensions.invokeai.invocation.decorators import invocation
from extensions.invokeai.nodes.models import known
from extensions.invokeai.outputs.models import ControlOutput, IPAdapterOutput, T2IAdapterOutput
from extensions.invokeai.vocabulary.descriptions import FieldDescriptions
from extensions.invokeai.vocabulary.models import BaseModelType, ModelType

if TYPE_CHECKING:
    from extensions.invokeai.context.context import InvocationContext

_ControlWeight = Annotated[float, Field(ge=-1, le=2)]
_AdapterWeight = Annotated[float, Field(ge=0)]
_BEGIN, _END = "Part of the way at which it begins", "Part of the way at which it ends"

_COMPOSED = "down_blocks.2.attentions.1"
_SD_BLOCKS: Mapping[str, tuple[str, ...]] = {
    "style": ("up_blocks.1",),
    "composition": ("down_blocks.2", "mid_block"),
    "style_precise": ("up_blocks.1", "down_blocks.2", "mid_block"),
    "style_strong": ("up_blocks", "down_blocks.0", "down_blocks.1"),
}
_XL_BLOCKS: Mapping[str, tuple[str, ...]] = {
    "style": ("up_blocks.0.attentions.1",),
    "composition": (_COMPOSED,),
    "style_precise": ("up_blocks.0.attentions.1", _COMPOSED),
    "style_strong": ("up_blocks", "down_blocks.1", "down_blocks.2.attentions.0"),
}
"""Parts of the names of the attentions that a method reaches; SDXL's UNet has none at its first level."""


@invocation("controlnet", title="ControlNet - SD1.5, SDXL", category="controlnet", version="1.1.3")
class ControlNetInvocation(BaseInvocation):
    """A control network and its picture."""

    image: ImageField = InputField(description="The control picture")
    control_model: ModelIdentifierField = InputField(
        description=FieldDescriptions.controlnet_model, ui_model_type=ModelType.ControlNet
    )
    control_weight: _ControlWeight | list[_ControlWeight] = InputField(
        default=1.0, description="Its strength"
    )
    begin_step_percent: float = InputField(default=0, ge=0, le=1, description=_BEGIN)
    end_step_percent: float = InputField(default=1, ge=0, le=1, description=_END)
    control_mode: CONTROLNET_MODE_VALUES = InputField(
        default="balanced", description="Whose word counts more"
    )
    resize_mode: CONTROLNET_RESIZE_VALUES = InputField(default="just_resize", description="How it is fitted")

    def invoke(self, context: InvocationContext) -> ControlOutput:
        return ControlOutput(
            control=ControlField(
                image=self.image,
                control_model=known(context, self.control_model),
                control_weight=self.control_weight,
                begin_step_percent=self.begin_step_percent,
                end_step_percent=self.end_step_percent,
                control_mode=self.control_mode,
                resize_mode=self.resize_mode,
            )
        )


def blocks_of(method: IP_METHODS, base: BaseModelType) -> list[str]:
    """Return parts of names: a method reaches the attentions of the UNet whose names contain one of them."""
    if method == "full":
        return ["block"]
    reached = _XL_BLOCKS if base is BaseModelType.StableDiffusionXL else _SD_BLOCKS
    return list(reached[method])


@invocation("ip_adapter", title="IP-Adapter - SD1.5, SDXL", category="ip_adapter", version="1.5.1")
class IPAdapterInvocation(BaseInvocation):
    """An IP-Adapter and its image prompts."""

    image: ImageField | list[ImageField] = InputField(description="The pictures")
    ip_adapter_model: ModelIdentifierField = InputField(
        description="The adapter", title="IP-Adapter Model", ui_model_type=ModelType.IPAdapter
    )
    clip_vision_model: CLIP_VISION_NAMES = InputField(default="ViT-H", description="Its image encoder")
    weight: float | list[float] = InputField(default=1, description="Its strength")
    method: IP_METHODS = InputField(default="full", description="What of the picture is taken")
    begin_step_percent: float = InputField(default=0, ge=0, le=1, description=_BEGIN)
    end_step_percent: float = InputField(default=1, ge=0, le=1, description=_END)
    mask: TensorField | None = InputField(default=None, description="True where it holds")

    def invoke(self, context: InvocationContext) -> IPAdapterOutput:
        model = known(context, self.ip_adapter_model)
        return IPAdapterOutput(
            ip_adapter=IPAdapterField(
                image=self.image,
                ip_adapter_model=model,
                weight=self.weight,
                method=self.method,
                target_blocks=blocks_of(self.method, model.base),
                begin_step_percent=self.begin_step_percent,
                end_step_percent=self.end_step_percent,
                mask=self.mask,
            )
        )


@invocation("t2i_adapter", title="T2I-Adapter - SD1.5, SDXL", category="t2i_adapter", version="1.0.4")
class T2IAdapterInvocation(BaseInvocation):
    """A T2I-Adapter and its picture."""

    image: ImageField = InputField(description="The control picture")
    t2i_adapter_model: ModelIdentifierField = InputField(
        description="The adapter", title="T2I-Adapter Model", ui_model_type=ModelType.T2IAdapter
    )
    weight: _AdapterWeight | list[_AdapterWeight] = InputField(default=1, description="Its strength")
    begin_step_percent: float = InputField(default=0, ge=0, le=1, description=_BEGIN)
    end_step_percent: float = InputField(default=1, ge=0, le=1, description=_END)
    resize_mode: CONTROLNET_RESIZE_VALUES = InputField(default="just_resize", description="How it is fitted")

    def invoke(self, context: InvocationContext) -> T2IAdapterOutput:
        return T2IAdapterOutput(
            t2i_adapter=T2IAdapterField(
                image=self.image,
                t2i_adapter_model=known(context, self.t2i_adapter_model),
                weight=self.weight,
                begin_step_percent=self.begin_step_percent,
                end_step_percent=self.end_step_percent,
                resize_mode=self.resize_mode,
            )
        )
