"""Nodes that encode prompts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from extensions.invokeai.fields.declare import InputField
from extensions.invokeai.fields.model_values import CLIPField
from extensions.invokeai.fields.values import ConditioningField, TensorField
from extensions.invokeai.invocation.base import BaseInvocation
from extensions.invokeai.invocation.decorators import invocation
from extensions.invokeai.outputs.models import CLIPSkipInvocationOutput
from extensions.invokeai.outputs.stored import ConditioningOutput
from extensions.invokeai.vocabulary.descriptions import FieldDescriptions
from extensions.invokeai.vocabulary.nodes import Input, UIComponent

if TYPE_CHECKING:
    from extensions.invokeai.context.conditioning_data import BasicConditioningInfo
    from extensions.invokeai.context.context import InvocationContext

_TEXT = UIComponent.Textarea


def stored(
    context: InvocationContext, info: BasicConditioningInfo, mask: TensorField | None = None
) -> ConditioningOutput:
    """Save conditioning, and return the output that names it."""
    from extensions.invokeai.context.conditioning_data import ConditioningFieldData

    name = context.conditioning.save(ConditioningFieldData(conditionings=[info]))
    return ConditioningOutput(conditioning=ConditioningField(conditioning_name=name, mask=mask))


@invocation("compel", title="Prompt - SD1.5", tags=["prompt"], category="conditioning", version="1.2.1")
class CompelInvocation(BaseInvocation):
    """A prompt in compel's syntax, encoded."""

    prompt: str = InputField(default="", description=FieldDescriptions.compel_prompt, ui_component=_TEXT)
    clip: CLIPField = InputField(description=FieldDescriptions.clip, input=Input.Connection, title="CLIP")
    mask: TensorField | None = InputField(default=None, description="True where the prompt holds")

    def invoke(self, context: InvocationContext) -> ConditioningOutput:
        from extensions.invokeai.context.conditioning_data import BasicConditioningInfo
        from extensions.invokeai.drawing.prompts import encode_clip

        embeds, _ = encode_clip(context, self.clip, self.prompt)
        return stored(context, BasicConditioningInfo(embeds=embeds), self.mask)


@invocation(
    "sdxl_compel_prompt", title="Prompt - SDXL", tags=["prompt"], category="conditioning", version="1.2.1"
)
class SDXLCompelPromptInvocation(BaseInvocation):
    """A prompt for SDXL, encoded by both of its text encoders."""

    prompt: str = InputField(default="", description=FieldDescriptions.compel_prompt, ui_component=_TEXT)
    style: str = InputField(default="", description="The style, for the second encoder", ui_component=_TEXT)
    original_width: int = InputField(
        default=1024, description="Original width that the model is conditioned on"
    )
    original_height: int = InputField(
        default=1024, description="Original height that the model is conditioned on"
    )
    crop_top: int = InputField(default=0, description="Pixels cut off above, to condition the model on")
    crop_left: int = InputField(
        default=0, description="Pixels cut off at the left, to condition the model on"
    )
    target_width: int = InputField(default=1024, description="Width to make, to condition the model on")
    target_height: int = InputField(default=1024, description="Height to make, to condition the model on")
    clip: CLIPField = InputField(description=FieldDescriptions.clip, input=Input.Connection, title="CLIP 1")
    clip2: CLIPField = InputField(description=FieldDescriptions.clip, input=Input.Connection, title="CLIP 2")
    mask: TensorField | None = InputField(default=None, description="True where the prompt holds")

    def invoke(self, context: InvocationContext) -> ConditioningOutput:
        import torch

        from extensions.invokeai.context.conditioning_data import SDXLConditioningInfo
        from extensions.invokeai.drawing.prompts import encode_clip

        first, _ = encode_clip(context, self.clip, self.prompt, tower=0, blank=True)
        style = self.style if self.style.strip() else self.prompt
        second, pooled = encode_clip(context, self.clip2, style, tower=1, blank=True)
        longest = max(first.shape[1], second.shape[1])
        pad = torch.nn.functional.pad
        rows = [pad(tensor, (0, 0, 0, longest - tensor.shape[1])) for tensor in (first, second)]
        assert pooled is not None
        numbers = [
            self.original_height, self.original_width, self.crop_top, self.crop_left, self.target_height,
            self.target_width,
        ]  # fmt: skip
        info = SDXLConditioningInfo(
            embeds=torch.cat(rows, dim=-1),
            pooled_embeds=pooled,
            add_time_ids=torch.tensor([numbers], dtype=torch.float32),
        )
        return stored(context, info, self.mask)


@invocation(
    "sdxl_refiner_compel_prompt", title="Prompt - SDXL Refiner", category="conditioning", version="1.1.2"
)
class SDXLRefinerCompelPromptInvocation(BaseInvocation):
    """A prompt for SDXL's refiner."""

    style: str = InputField(default="", description=FieldDescriptions.compel_prompt, ui_component=_TEXT)
    original_width: int = InputField(
        default=1024, description="Original width that the model is conditioned on"
    )
    original_height: int = InputField(
        default=1024, description="Original height that the model is conditioned on"
    )
    crop_top: int = InputField(default=0, description="Pixels cut off above, to condition the model on")
    crop_left: int = InputField(
        default=0, description="Pixels cut off at the left, to condition the model on"
    )
    aesthetic_score: float = InputField(default=6.0, description=FieldDescriptions.sdxl_aesthetic)
    clip2: CLIPField = InputField(description=FieldDescriptions.clip, input=Input.Connection, title="CLIP 2")

    def invoke(self, context: InvocationContext) -> ConditioningOutput:
        import torch

        from extensions.invokeai.context.conditioning_data import SDXLConditioningInfo
        from extensions.invokeai.drawing.prompts import encode_clip

        embeds, pooled = encode_clip(context, self.clip2, self.style, tower=1)
        assert pooled is not None
        numbers = [
            self.original_height, self.original_width, self.crop_top, self.crop_left, self.aesthetic_score,
        ]  # fmt: skip
        sizes = torch.tensor([numbers], dtype=torch.float32)
        return stored(context, SDXLConditioningInfo(embeds=embeds, pooled_embeds=pooled, add_time_ids=sizes))


@invocation("clip_skip", title="Apply CLIP Skip - SD1.5, SDXL", category="conditioning", version="1.1.1")
class CLIPSkipInvocation(BaseInvocation):
    """Leave out layers at a text encoder's end."""

    clip: CLIPField = InputField(description=FieldDescriptions.clip, input=Input.Connection, title="CLIP")
    skipped_layers: int = InputField(default=0, ge=0, description=FieldDescriptions.skipped_layers)

    def invoke(self, context: InvocationContext) -> CLIPSkipInvocationOutput:
        more = {"skipped_layers": self.clip.skipped_layers + self.skipped_layers}
        return CLIPSkipInvocationOutput(clip=self.clip.model_copy(deep=True, update=more))
