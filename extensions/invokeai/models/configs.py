"""Descriptions of models, as InvokeAI's clients and nodes read them."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict

from extensions.invokeai.vocabulary.models import (
    BaseModelType,
    ModelFormat,
    ModelSourceType,
    ModelType,
    ModelVariantType,
    SchedulerPredictionType,
)


class AnyModelConfig(BaseModel):
    """One model. Its ``key`` is made from its path: the same file has the same key after a restart."""

    model_config = ConfigDict(protected_namespaces=(), extra="allow")

    key: str
    hash: str
    path: str
    file_size: int = 0
    name: str
    type: ModelType
    format: ModelFormat
    base: BaseModelType
    source: str
    source_type: ModelSourceType = ModelSourceType.Path
    description: str = ""
    source_api_response: str | None = None
    cover_image: str | None = None
    submodels: dict[str, Any] | None = None
    usage_info: str | None = None
    trigger_phrases: list[str] | None = None
    default_settings: dict[str, Any] | None = None
    variant: ModelVariantType | None = None
    prediction_type: SchedulerPredictionType | None = None
    image_encoder_model_id: str | None = None


class ModelConfigFactory:
    """Builder of configs from dictionaries."""

    @staticmethod
    def make_config(model_data: dict[str, Any], **more: Any) -> AnyModelConfig:
        """Build the config that a dictionary describes; ``more`` wins over its entries."""
        return AnyModelConfig(**{**model_data, **more})

    @staticmethod
    def from_dict(fields: dict[str, Any]) -> AnyModelConfig:
        """Build the config that a dictionary describes."""
        return AnyModelConfig(**fields)
