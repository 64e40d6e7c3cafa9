"""Nodes that choose models, and adapters and settings for them; they pass fields on, and load nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from extensions.invokeai.fields.declare import InputField
from extensions.invokeai.fields.model_values import (
    CLIPField,
    FreeUConfig,
    LoRAField,
    ModelIdentifierField,
    UNetField,
    VAEField,
)
from extensions.invokeai.invocation.base import BaseInvocation
from extensions.invokeai.invocation.decorators import invocation
from extensions.invokeai.outputs.models import (
    LoRALoaderOutput,
    LoRASelectorOutput,
    ModelIdentifierOutput,
    ModelLoaderOutput,
    SDXLLoRALoaderOutput,
    SDXLModelLoaderOutput,
    SDXLRefinerModelLoaderOutput,
    SeamlessModeOutput,
    UNetOutput,
    VAEOutput,
)
from extensions.invokeai.outputs.plain import IdealSizeOutput, SchedulerOutput
from extensions.invokeai.vocabulary.descriptions import FieldDescriptions
from extensions.invokeai.vocabulary.models import BaseModelType, ModelType, SubModelType
from extensions.invokeai.vocabulary.nodes import LATENT_SCALE_FACTOR, SCHEDULER_NAME_VALUES, Input
from extensions.invokeai.vocabulary.ui_types import UIType

if TYPE_CHECKING:
    from extensions.invokeai.context.context import InvocationContext

F = TypeVar("F", UNetField, CLIPField)
_SD = [BaseModelType.StableDiffusion1, BaseModelType.StableDiffusion2]


def known(context: InvocationContext, model: ModelIdentifierField) -> ModelIdentifierField:
    """Identify a model as this server does. Raises UnknownModelException."""
    return ModelIdentifierField.from_config(context.models.get_config(model))


def unet_of(model: ModelIdentifierField) -> UNetField:
    """Identify a checkpoint's UNet and scheduler, without LoRAs."""
    return UNetField(
        unet=model.part(SubModelType.UNet), scheduler=model.part(SubModelType.Scheduler), loras=[]
    )


def clip_of(model: ModelIdentifierField, *, second: bool = False) -> CLIPField:
    """Identify a checkpoint's first or second text encoder, with all its layers and without LoRAs."""
    tokenizer = SubModelType.Tokenizer2 if second else SubModelType.Tokenizer
    encoder = SubModelType.TextEncoder2 if second else SubModelType.TextEncoder
    return CLIPField(
        tokenizer=model.part(tokenizer), text_encoder=model.part(encoder), skipped_layers=0, loras=[]
    )


def vae_of(model: ModelIdentifierField) -> VAEField:
    """Identify a checkpoint's autoencoder."""
    return VAEField(vae=model.part(SubModelType.VAE))


@invocation("main_model_loader", title="Main Model", tags=["model"], category="model", version="1.0.4")
class MainModelLoaderInvocation(BaseInvocation):
    """The parts of a checkpoint."""

    model: ModelIdentifierField = InputField(
        description=FieldDescriptions.main_model, ui_model_base=_SD, ui_model_type=ModelType.Main
    )

    def invoke(self, context: InvocationContext) -> ModelLoaderOutput:
        model = known(context, self.model)
        return ModelLoaderOutput(unet=unet_of(model), clip=clip_of(model), vae=vae_of(model))


@invocation("sdxl_model_loader", title="SDXL Main Model", tags=["model"], category="model", version="1.0.4")
class SDXLModelLoaderInvocation(BaseInvocation):
    """The parts of an SDXL checkpoint."""

    model: ModelIdentifierField = InputField(
        description=FieldDescriptions.sdxl_main_model,
        ui_model_base=BaseModelType.StableDiffusionXL,
        ui_model_type=ModelType.Main,
    )

    def invoke(self, context: InvocationContext) -> SDXLModelLoaderOutput:
        model = known(context, self.model)
        return SDXLModelLoaderOutput(
            unet=unet_of(model), clip=clip_of(model), clip2=clip_of(model, second=True), vae=vae_of(model)
        )


@invocation(
    "sdxl_refiner_model_loader",
    title="Refiner Model - SDXL",
    tags=["model"],
    category="model",
    version="1.0.4",
)
class SDXLRefinerModelLoaderInvocation(BaseInvocation):
    """The parts of a refiner."""

    model: ModelIdentifierField = InputField(
        description=FieldDescriptions.sdxl_refiner_model,
        ui_model_base=BaseModelType.StableDiffusionXLRefiner,
        ui_model_type=ModelType.Main,
    )

    def invoke(self, context: InvocationContext) -> SDXLRefinerModelLoaderOutput:
        model = known(context, self.model)
        return SDXLRefinerModelLoaderOutput(
            unet=unet_of(model), clip2=clip_of(model, second=True), vae=vae_of(model)
        )


@invocation("model_identifier", title="Any Model", tags=["model"], category="model", version="1.0.1")
class ModelIdentifierInvocation(BaseInvocation):
    """A model of any kind."""

    model: ModelIdentifierField = InputField(description="The model", title="Model")

    def invoke(self, context: InvocationContext) -> ModelIdentifierOutput:
        return ModelIdentifierOutput(model=known(context, self.model))


def with_lora(field: F | None, lora: LoRAField) -> F | None:
    """Return a copy of a field with one LoRA more. Raises ValueError if it has that LoRA already."""
    if field is None:
        return None
    if any(other.lora.key == lora.lora.key for other in field.loras):
        raise ValueError(f'LoRA "{lora.lora.name}" already applied')
    return field.model_copy(deep=True, update={"loras": [*field.loras, lora]})


def with_loras(field: F | None, loras: list[LoRAField]) -> F | None:
    """Return a copy of a field with those LoRAs that it doesn't have yet, each once."""
    for lora in loras:
        if field is not None and all(other.lora.key != lora.lora.key for other in field.loras):
            field = with_lora(field, lora)
    return field


def lora_of(context: InvocationContext, model: ModelIdentifierField, weight: float) -> LoRAField:
    """Identify a LoRA as this server does. Raises UnknownModelException."""
    return LoRAField(lora=known(context, model), weight=weight)


def listed_loras(context: InvocationContext, loras: LoRAField | list[LoRAField] | None) -> list[LoRAField]:
    """Identify one LoRA, several or none, as this server does. Raises UnknownModelException."""
    found = [] if loras is None else loras if isinstance(loras, list) else [loras]
    return [lora_of(context, lora.lora, lora.weight) for lora in found if lora]


@invocation("lora_loader", title="Apply LoRA - SD1.5", tags=["model"], category="model", version="1.0.4")
class LoRALoaderInvocation(BaseInvocation):
    """Put a LoRA on a UNet and a text encoder."""

    lora: ModelIdentifierField = InputField(
        description=FieldDescriptions.lora_model, title="LoRA", ui_model_type=ModelType.LoRA
    )
    weight: float = InputField(default=0.75, description=FieldDescriptions.lora_weight)
    unet: UNetField | None = InputField(
        default=None, description=FieldDescriptions.unet, input=Input.Connection, title="UNet"
    )
    clip: CLIPField | None = InputField(
        default=None, description=FieldDescriptions.clip, input=Input.Connection, title="CLIP"
    )

    def invoke(self, context: InvocationContext) -> LoRALoaderOutput:
        lora = lora_of(context, self.lora, self.weight)
        return LoRALoaderOutput(unet=with_lora(self.unet, lora), clip=with_lora(self.clip, lora))


@invocation("sdxl_lora_loader", title="Apply LoRA - SDXL", tags=["model"], category="model", version="1.0.5")
class SDXLLoRALoaderInvocation(BaseInvocation):
    """Put a LoRA on a UNet and both text encoders."""

    lora: ModelIdentifierField = InputField(
        description=FieldDescriptions.lora_model, title="LoRA", ui_model_type=ModelType.LoRA
    )
    weight: float = InputField(default=0.75, description=FieldDescriptions.lora_weight)
    unet: UNetField | None = InputField(
        default=None, description=FieldDescriptions.unet, input=Input.Connection, title="UNet"
    )
    clip: CLIPField | None = InputField(
        default=None, description=FieldDescriptions.clip, input=Input.Connection, title="CLIP 1"
    )
    clip2: CLIPField | None = InputField(
        default=None, description=FieldDescriptions.clip, input=Input.Connection, title="CLIP 2"
    )

    def invoke(self, context: InvocationContext) -> SDXLLoRALoaderOutput:
        lora = lora_of(context, self.lora, self.weight)
        return SDXLLoRALoaderOutput(
            unet=with_lora(self.unet, lora),
            clip=with_lora(self.clip, lora),
            clip2=with_lora(self.clip2, lora),
        )


@invocation("lora_selector", title="Select LoRA", tags=["model"], category="model", version="1.0.3")
class LoRASelectorInvocation(BaseInvocation):
    """A LoRA and its strength."""

    lora: ModelIdentifierField = InputField(
        description=FieldDescriptions.lora_model, title="LoRA", ui_model_type=ModelType.LoRA
    )
    weight: float = InputField(default=0.75, description=FieldDescriptions.lora_weight)

    def invoke(self, context: InvocationContext) -> LoRASelectorOutput:
        return LoRASelectorOutput(lora=lora_of(context, self.lora, self.weight))


@invocation(
    "lora_collection_loader", title="Apply LoRA Collection - SD1.5", category="model", version="1.1.2"
)
class LoRACollectionLoader(BaseInvocation):
    """Put several LoRAs on a UNet and a text encoder."""

    loras: LoRAField | list[LoRAField] | None = InputField(default=None, description="LoRAs", title="LoRAs")
    unet: UNetField | None = InputField(
        default=None, description=FieldDescriptions.unet, input=Input.Connection, title="UNet"
    )
    clip: CLIPField | None = InputField(
        default=None, description=FieldDescriptions.clip, input=Input.Connection, title="CLIP"
    )

    def invoke(self, context: InvocationContext) -> LoRALoaderOutput:
        loras = listed_loras(context, self.loras)
        return LoRALoaderOutput(unet=with_loras(self.unet, loras), clip=with_loras(self.clip, loras))


@invocation(
    "sdxl_lora_collection_loader", title="Apply LoRA Collection - SDXL", category="model", version="1.1.2"
)
class SDXLLoRACollectionLoader(BaseInvocation):
    """Put several LoRAs on a UNet and both text encoders."""

    loras: LoRAField | list[LoRAField] | None = InputField(default=None, description="LoRAs", title="LoRAs")
    unet: UNetField | None = InputField(
        default=None, description=FieldDescriptions.unet, input=Input.Connection, title="UNet"
    )
    clip: CLIPField | None = InputField(
        default=None, description=FieldDescriptions.clip, input=Input.Connection, title="CLIP"
    )
    clip2: CLIPField | None = InputField(
        default=None, description=FieldDescriptions.clip, input=Input.Connection, title="CLIP 2"
    )

    def invoke(self, context: InvocationContext) -> SDXLLoRALoaderOutput:
        loras = listed_loras(context, self.loras)
        return SDXLLoRALoaderOutput(
            unet=with_loras(self.unet, loras),
            clip=with_loras(self.clip, loras),
            clip2=with_loras(self.clip2, loras),
        )


@invocation("vae_loader", title="VAE Model", tags=["model"], category="model", version="1.0.4")
class VAELoaderInvocation(BaseInvocation):
    """An autoencoder of a file of its own."""

    vae_model: ModelIdentifierField = InputField(
        description=FieldDescriptions.vae_model, title="VAE", ui_model_type=ModelType.VAE
    )

    def invoke(self, context: InvocationContext) -> VAEOutput:
        return VAEOutput(vae=VAEField(vae=known(context, self.vae_model)))


@invocation("seamless", title="Apply Seamless - SD1.5, SDXL", category="model", version="1.0.2")
class SeamlessModeInvocation(BaseInvocation):
    """Make pictures wrap around."""

    unet: UNetField | None = InputField(
        default=None, description=FieldDescriptions.unet, input=Input.Connection, title="UNet"
    )
    vae: VAEField | None = InputField(
        default=None, description=FieldDescriptions.vae_model, input=Input.Connection, title="VAE"
    )
    seamless_y: bool = InputField(default=True, description="Whether upwards")
    seamless_x: bool = InputField(default=True, description="Whether sideways")

    def invoke(self, context: InvocationContext) -> SeamlessModeOutput:
        axes = [name for name, wanted in (("x", self.seamless_x), ("y", self.seamless_y)) if wanted]
        more = {"seamless_axes": axes}
        return SeamlessModeOutput(
            unet=None if self.unet is None else self.unet.model_copy(deep=True, update=more),
            vae=None if self.vae is None else self.vae.model_copy(deep=True, update=more),
        )


@invocation("freeu", title="Apply FreeU - SD1.5, SDXL", category="model", version="1.0.2")
class FreeUInvocation(BaseInvocation):
    """Scale a UNet decoder's own features up, and the coarse ones of its skip connections down (FreeU)."""

    unet: UNetField = InputField(description=FieldDescriptions.unet, input=Input.Connection, title="UNet")
    b1: float = InputField(default=1.2, ge=-1, le=3, description=FieldDescriptions.freeu_b1)
    b2: float = InputField(default=1.4, ge=-1, le=3, description=FieldDescriptions.freeu_b2)
    s1: float = InputField(default=0.9, ge=-1, le=3, description=FieldDescriptions.freeu_s1)
    s2: float = InputField(default=0.2, ge=-1, le=3, description=FieldDescriptions.freeu_s2)

    def invoke(self, context: InvocationContext) -> UNetOutput:
        config = FreeUConfig(s1=self.s1, s2=self.s2, b1=self.b1, b2=self.b2)
        return UNetOutput(unet=self.unet.model_copy(deep=True, update={"freeu_config": config}))


@invocation("scheduler", title="Scheduler", tags=["scheduler"], category="latents", version="1.0.0")
class SchedulerInvocation(BaseInvocation):
    """The name of a scheduler."""

    scheduler: SCHEDULER_NAME_VALUES = InputField(
        default="euler", description=FieldDescriptions.scheduler, ui_type=UIType.Scheduler
    )

    def invoke(self, context: InvocationContext) -> SchedulerOutput:
        return SchedulerOutput(scheduler=self.scheduler)


@invocation("ideal_size", title="Ideal Size - SD1.5, SDXL", category="latents", version="1.0.6")
class IdealSizeInvocation(BaseInvocation):
    """A size of the same shape that a model draws well."""

    width: int = InputField(default=1024, gt=0, description=FieldDescriptions.width)
    height: int = InputField(default=576, gt=0, description=FieldDescriptions.height)
    unet: UNetField = InputField(description=FieldDescriptions.unet, input=Input.Connection, title="UNet")
    multiplier: float = InputField(
        default=1.0, gt=0, description="What the model's own size is multiplied by"
    )

    def invoke(self, context: InvocationContext) -> IdealSizeOutput:
        base = context.models.get_config(self.unet.unet).base
        sides = {BaseModelType.StableDiffusion1: 512, BaseModelType.StableDiffusion2: 768}
        side = sides.get(base, 1024) * self.multiplier
        shape = self.width / self.height
        lengths = side * shape**0.5, side / shape**0.5
        width, height = (int(one // LATENT_SCALE_FACTOR) * LATENT_SCALE_FACTOR for one in lengths)
        return IdealSizeOutput(width=width, height=height)
