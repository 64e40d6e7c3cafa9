"""Outputs that name models and what is put on them."""

from __future__ import annotations

from typing import Literal

from extensions.invokeai.fields.adapter_values import ControlField, IPAdapterField, T2IAdapterField
from extensions.invokeai.fields.declare import OutputField
from extensions.invokeai.fields.model_values import (
    CLIPField,
    LoRAField,
    ModelIdentifierField,
    T5EncoderField,
    TransformerField,
    UNetField,
    VAEField,
)
from extensions.invokeai.fields.values import MetadataField, MetadataItemField
from extensions.invokeai.invocation.base import BaseInvocationOutput
from extensions.invokeai.invocation.decorators import invocation_output
from extensions.invokeai.vocabulary.descriptions import FieldDescriptions


@invocation_output("unet_output")
class UNetOutput(BaseInvocationOutput):
    """A UNet."""

    unet: UNetField = OutputField(description=FieldDescriptions.unet, title="UNet")


@invocation_output("vae_output")
class VAEOutput(BaseInvocationOutput):
    """An autoencoder."""

    vae: VAEField = OutputField(description=FieldDescriptions.vae, title="VAE")


@invocation_output("clip_output")
class CLIPOutput(BaseInvocationOutput):
    """A text encoder."""

    clip: CLIPField = OutputField(description=FieldDescriptions.clip, title="CLIP")


@invocation_output("clip_skip_output")
class CLIPSkipInvocationOutput(BaseInvocationOutput):
    """A text encoder whose last layers are left out."""

    clip: CLIPField | None = OutputField(default=None, description=FieldDescriptions.clip, title="CLIP")


@invocation_output("model_loader_output")
class ModelLoaderOutput(UNetOutput, CLIPOutput, VAEOutput):
    """The parts of a checkpoint."""


@invocation_output("sdxl_model_loader_output")
class SDXLModelLoaderOutput(UNetOutput, CLIPOutput, VAEOutput):
    """The parts of an SDXL checkpoint."""

    clip2: CLIPField = OutputField(description=FieldDescriptions.clip, title="CLIP 2")


@invocation_output("sdxl_refiner_model_loader_output")
class SDXLRefinerModelLoaderOutput(UNetOutput, VAEOutput):
    """The parts of a refiner of SDXL."""

    clip2: CLIPField = OutputField(description=FieldDescriptions.clip, title="CLIP 2")


@invocation_output("flux_model_loader_output")
class FluxModelLoaderOutput(CLIPOutput, VAEOutput):
    """The parts of a FLUX checkpoint."""

    transformer: TransformerField = OutputField(description=FieldDescriptions.transformer)
    t5_encoder: T5EncoderField = OutputField(description=FieldDescriptions.t5_encoder)
    max_seq_len: Literal[256, 512] = OutputField(description="Tokens that the T5 encoder reads")


@invocation_output("sd3_model_loader_output")
class Sd3ModelLoaderOutput(VAEOutput):
    """The parts of a checkpoint of Stable Diffusion 3."""

    transformer: TransformerField = OutputField(description=FieldDescriptions.transformer)
    clip_l: CLIPField = OutputField(description=FieldDescriptions.clip)
    clip_g: CLIPField = OutputField(description=FieldDescriptions.clip)
    t5_encoder: T5EncoderField = OutputField(description=FieldDescriptions.t5_encoder)


@invocation_output("lora_loader_output")
class LoRALoaderOutput(BaseInvocationOutput):
    """The UNet and the text encoder that a LoRA was put on."""

    unet: UNetField | None = OutputField(default=None, description=FieldDescriptions.unet, title="UNet")
    clip: CLIPField | None = OutputField(default=None, description=FieldDescriptions.clip, title="CLIP")


@invocation_output("sdxl_lora_loader_output")
class SDXLLoRALoaderOutput(BaseInvocationOutput):
    """The UNet and the text encoders that a LoRA for SDXL was put on."""

    unet: UNetField | None = OutputField(default=None, description=FieldDescriptions.unet, title="UNet")
    clip: CLIPField | None = OutputField(default=None, description=FieldDescriptions.clip, title="CLIP 1")
    clip2: CLIPField | None = OutputField(default=None, description=FieldDescriptions.clip, title="CLIP 2")


@invocation_output("lora_selector_output")
class LoRASelectorOutput(BaseInvocationOutput):
    """A LoRA and its strength."""

    lora: LoRAField = OutputField(description="The LoRA", title="LoRA")


@invocation_output("model_identifier_output")
class ModelIdentifierOutput(BaseInvocationOutput):
    """A model."""

    model: ModelIdentifierField = OutputField(description="The model", title="Model")


@invocation_output("seamless_output")
class SeamlessModeOutput(BaseInvocationOutput):
    """The UNet and the autoencoder whose pictures wrap around."""

    unet: UNetField | None = OutputField(default=None, description=FieldDescriptions.unet, title="UNet")
    vae: VAEField | None = OutputField(default=None, description=FieldDescriptions.vae, title="VAE")


@invocation_output("control_output")
class ControlOutput(BaseInvocationOutput):
    """A control network and its picture."""

    control: ControlField = OutputField(description=FieldDescriptions.control)


@invocation_output("ip_adapter_output")
class IPAdapterOutput(BaseInvocationOutput):
    """An IP-Adapter and its pictures."""

    ip_adapter: IPAdapterField = OutputField(description=FieldDescriptions.ip_adapter, title="IP-Adapter")


@invocation_output("t2i_adapter_output")
class T2IAdapterOutput(BaseInvocationOutput):
    """A T2I-Adapter and its picture."""

    t2i_adapter: T2IAdapterField = OutputField(description=FieldDescriptions.t2i_adapter, title="T2I-Adapter")


@invocation_output("metadata_item_output")
class MetadataItemOutput(BaseInvocationOutput):
    """One entry of metadata."""

    item: MetadataItemField = OutputField(description="The entry")


@invocation_output("metadata_output")
class MetadataOutput(BaseInvocationOutput):
    """Metadata."""

    metadata: MetadataField = OutputField(description="The metadata")
