"""Nodes of families that graphs can't draw with here: packs may subclass them; running one is an error."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from extensions.invokeai.fields.adapter_values import FluxControlNetField
from extensions.invokeai.fields.declare import InputField, OutputField
from extensions.invokeai.fields.model_values import (
    CLIPField,
    ModelIdentifierField,
    T5EncoderField,
    TransformerField,
)
from extensions.invokeai.fields.values import (
    FluxConditioningField,
    FluxReduxConditioningField,
    ImageField,
    LatentsField,
)
from extensions.invokeai.invocation.base import BaseInvocation, BaseInvocationOutput
from extensions.invokeai.invocation.decorators import invocation_output
from extensions.invokeai.outputs.models import FluxModelLoaderOutput, Sd3ModelLoaderOutput
from extensions.invokeai.outputs.stored import FluxConditioningOutput, LatentsOutput
from extensions.invokeai.vocabulary.descriptions import FieldDescriptions
from extensions.invokeai.vocabulary.nodes import Input

if TYPE_CHECKING:
    from extensions.invokeai.context.context import InvocationContext


def _absent(node: BaseInvocation) -> NotImplementedError:
    return NotImplementedError(f"{type(node).__name__}: graphs of this family don't run here")


@invocation_output("flux_controlnet_output")
class FluxControlNetOutput(BaseInvocationOutput):
    """A control network of FLUX."""

    control: FluxControlNetField = OutputField(description=FieldDescriptions.control)


@invocation_output("flux_redux_output")
class FluxReduxOutput(BaseInvocationOutput):
    """An image prompt of FLUX Redux."""

    redux_cond: FluxReduxConditioningField = OutputField(description="The image prompt")


class FluxModelLoaderInvocation(BaseInvocation):
    """The parts of a FLUX checkpoint."""

    model: ModelIdentifierField = InputField(description=FieldDescriptions.flux_model, input=Input.Direct)
    t5_encoder_model: ModelIdentifierField | None = InputField(default=None, description="T5")
    clip_embed_model: ModelIdentifierField | None = InputField(default=None, description="CLIP")
    vae_model: ModelIdentifierField | None = InputField(default=None, description="The autoencoder")

    def invoke(self, context: InvocationContext) -> FluxModelLoaderOutput:
        raise _absent(self)


class Sd3ModelLoaderInvocation(BaseInvocation):
    """The parts of a checkpoint of Stable Diffusion 3."""

    model: ModelIdentifierField = InputField(description=FieldDescriptions.sd3_model, input=Input.Direct)
    t5_encoder_model: ModelIdentifierField | None = InputField(default=None, description="T5")
    clip_l_model: ModelIdentifierField | None = InputField(default=None, description="CLIP-L")
    clip_g_model: ModelIdentifierField | None = InputField(default=None, description="CLIP-G")
    vae_model: ModelIdentifierField | None = InputField(default=None, description="The autoencoder")

    def invoke(self, context: InvocationContext) -> Sd3ModelLoaderOutput:
        raise _absent(self)


class FluxTextEncoderInvocation(BaseInvocation):
    """A prompt for FLUX."""

    clip: CLIPField = InputField(description=FieldDescriptions.clip, input=Input.Connection)
    t5_encoder: T5EncoderField = InputField(description=FieldDescriptions.t5_encoder, input=Input.Connection)
    t5_max_seq_len: int = InputField(default=512, description="Tokens that T5 reads")
    prompt: str = InputField(default="", description="The prompt")

    def invoke(self, context: InvocationContext) -> FluxConditioningOutput:
        raise _absent(self)


class FluxDenoiseInvocation(BaseInvocation):
    """Make latents of noise with FLUX."""

    latents: LatentsField | None = InputField(default=None, input=Input.Connection)
    transformer: TransformerField = InputField(
        description=FieldDescriptions.transformer, input=Input.Connection
    )
    positive_text_conditioning: FluxConditioningField | list[FluxConditioningField] = InputField(
        description=FieldDescriptions.positive_cond, input=Input.Connection
    )
    denoising_start: float = InputField(default=0.0, ge=0, le=1)
    denoising_end: float = InputField(default=1.0, ge=0, le=1)
    width: int = InputField(default=1024, multiple_of=16)
    height: int = InputField(default=1024, multiple_of=16)
    num_steps: int = InputField(default=4)
    guidance: float = InputField(default=4.0)
    cfg_scale: float | list[float] = InputField(default=1.0)
    seed: int = InputField(default=0)
    control: Any = InputField(default=None, input=Input.Connection)

    def invoke(self, context: InvocationContext) -> LatentsOutput:
        raise _absent(self)


class FluxControlNetInvocation(BaseInvocation):
    """A control network of FLUX and its picture."""

    image: ImageField = InputField(description="The control picture")
    control_model: ModelIdentifierField = InputField(description=FieldDescriptions.controlnet_model)
    control_weight: float | list[float] = InputField(default=1.0)
    begin_step_percent: float = InputField(default=0, ge=0, le=1)
    end_step_percent: float = InputField(default=1, ge=0, le=1)
    resize_mode: str = InputField(default="just_resize")
    instantx_control_mode: int | None = InputField(default=-1)

    def invoke(self, context: InvocationContext) -> FluxControlNetOutput:
        return FluxControlNetOutput(
            control=FluxControlNetField.model_validate(
                self.model_dump(include=set(FluxControlNetField.model_fields))
            )
        )


class FluxReduxInvocation(BaseInvocation):
    """An image prompt of FLUX Redux."""

    image: ImageField = InputField(description="The picture")
    mask: Any = InputField(default=None, description="True where it holds")
    redux_model: ModelIdentifierField = InputField(description="The model")
    downsampling_factor: int = InputField(default=1, ge=1, le=9)
    weight: float = InputField(default=1.0, ge=0, le=1)

    def invoke(self, context: InvocationContext) -> FluxReduxOutput:
        raise _absent(self)
