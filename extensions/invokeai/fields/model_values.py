"""Models as they travel along edges, with the adapters and settings that are put on them."""

from __future__ import annotations

from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field

from extensions.invokeai.fields.values import ImageField
from extensions.invokeai.vocabulary.models import BaseModelType, ModelType, SubModelType


class ModelIdentifierField(BaseModel):
    """A model, or a part of one."""

    model_config = ConfigDict(protected_namespaces=())

    key: str = Field(description="Its key on this server")
    hash: str = Field(description="Its hash")
    name: str = Field(description="Its name")
    base: BaseModelType = Field(description="Its family")
    type: ModelType = Field(description="What it is for")
    submodel_type: SubModelType | None = Field(default=None, description="The part that is meant")

    @classmethod
    def from_config(cls, config: Any, submodel_type: SubModelType | None = None) -> Self:
        """Identify the model that a config describes."""
        return cls(
            key=config.key,
            hash=config.hash,
            name=config.name,
            base=config.base,
            type=config.type,
            submodel_type=submodel_type,
        )

    def part(self, submodel_type: SubModelType) -> ModelIdentifierField:
        """Identify a part of this model."""
        return self.model_copy(update={"submodel_type": submodel_type})


class LoRAField(BaseModel):
    """A LoRA and its strength."""

    lora: ModelIdentifierField = Field(description="The file")
    weight: float = Field(description="Its strength")


class ControlLoRAField(LoRAField):
    """A control LoRA and its picture."""

    img: ImageField = Field(description="The control picture")


class FreeUConfig(BaseModel):
    """Factors by which FreeU scales what the UNet's decoder reads."""

    s1: float = Field(ge=-1, le=3, description="First skip connections")
    s2: float = Field(ge=-1, le=3, description="Second skip connections")
    b1: float = Field(ge=-1, le=3, description="First backbone features")
    b2: float = Field(ge=-1, le=3, description="Second backbone features")


class UNetField(BaseModel):
    """A UNet with what is put on it."""

    unet: ModelIdentifierField = Field(description="The UNet")
    scheduler: ModelIdentifierField = Field(description="Its scheduler")
    loras: list[LoRAField] = Field(description="LoRAs on it")
    seamless_axes: list[str] = Field(default_factory=list, description="Axes, x and y, that wrap around")
    freeu_config: FreeUConfig | None = Field(default=None, description="FreeU")


class CLIPField(BaseModel):
    """A CLIP text encoder with what is put on it."""

    tokenizer: ModelIdentifierField = Field(description="The tokenizer")
    text_encoder: ModelIdentifierField = Field(description="The text encoder")
    skipped_layers: int = Field(description="Layers left out at its end")
    loras: list[LoRAField] = Field(description="LoRAs on it")


class VAEField(BaseModel):
    """An autoencoder."""

    vae: ModelIdentifierField = Field(description="The autoencoder")
    seamless_axes: list[str] = Field(default_factory=list, description="Axes, x and y, that wrap around")


class TransformerField(BaseModel):
    """A diffusion transformer with what is put on it."""

    transformer: ModelIdentifierField = Field(description="The transformer")
    loras: list[LoRAField] = Field(description="LoRAs on it")


class T5EncoderField(BaseModel):
    """A T5 text encoder."""

    tokenizer: ModelIdentifierField = Field(description="The tokenizer")
    text_encoder: ModelIdentifierField = Field(description="The text encoder")
    loras: list[LoRAField] = Field(default_factory=list[LoRAField], description="LoRAs on it")


class GlmEncoderField(BaseModel):
    """A GLM text encoder."""

    tokenizer: ModelIdentifierField = Field(description="The tokenizer")
    text_encoder: ModelIdentifierField = Field(description="The text encoder")
