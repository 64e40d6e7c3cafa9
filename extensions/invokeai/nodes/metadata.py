"""Nodes that make and merge metadata."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import ConfigDict

from extensions.invokeai.fields.adapter_values import (
    ControlField,
    IPAdapterField,
    LoRAMetadataField,
    T2IAdapterField,
)
from extensions.invokeai.fields.declare import InputField
from extensions.invokeai.fields.model_values import ModelIdentifierField
from extensions.invokeai.fields.values import ImageField, MetadataField, MetadataItemField
from extensions.invokeai.invocation.base import BaseInvocation
from extensions.invokeai.invocation.decorators import invocation
from extensions.invokeai.outputs.models import MetadataItemOutput, MetadataOutput
from extensions.invokeai.vocabulary.descriptions import FieldDescriptions
from extensions.invokeai.vocabulary.ui_types import UIType
from extensions.invokeai.vocabulary.version import __version__

if TYPE_CHECKING:
    from extensions.invokeai.context.context import InvocationContext

_OWN = frozenset({"id", "type", "is_intermediate", "use_cache"})


@invocation("metadata_item", title="Metadata Item", tags=["metadata"], category="metadata", version="1.0.1")
class MetadataItemInvocation(BaseInvocation):
    """One entry of metadata."""

    label: str = InputField(description=FieldDescriptions.metadata_item_label)
    value: Any = InputField(description=FieldDescriptions.metadata_item_value, ui_type=UIType.Any)

    def invoke(self, context: InvocationContext) -> MetadataItemOutput:
        return MetadataItemOutput(item=MetadataItemField(label=self.label, value=self.value))


@invocation("metadata", title="Metadata", tags=["metadata"], category="metadata", version="1.0.1")
class MetadataInvocation(BaseInvocation):
    """Metadata made of entries."""

    items: list[MetadataItemField] | MetadataItemField = InputField(
        description=FieldDescriptions.metadata_item_polymorphic
    )

    def invoke(self, context: InvocationContext) -> MetadataOutput:
        items = self.items if isinstance(self.items, list) else [self.items]
        told = {item.label: _plain(item.value) for item in items}
        return MetadataOutput(metadata=MetadataField({**told, "app_version": __version__}))


@invocation("merge_metadata", title="Metadata Merge", tags=["metadata"], category="metadata", version="1.0.1")
class MergeMetadataInvocation(BaseInvocation):
    """Several metadata as one; later ones win."""

    collection: list[MetadataField] = InputField(description=FieldDescriptions.metadata_collection)

    def invoke(self, context: InvocationContext) -> MetadataOutput:
        merged = {key: value for metadata in self.collection for key, value in metadata.root.items()}
        return MetadataOutput(metadata=MetadataField(merged))


@invocation("core_metadata", title="Core Metadata", tags=["metadata"], category="metadata", version="2.1.0")
class CoreMetadataInvocation(BaseInvocation):
    """Metadata of a generation; keys that aren't known here are kept."""

    model_config = ConfigDict(extra="allow")

    generation_mode: str | None = InputField(default=None, description="What was made of what")
    positive_prompt: str | None = InputField(default=None, description="The prompt")
    negative_prompt: str | None = InputField(default=None, description="The negative prompt")
    width: int | None = InputField(default=None, description=FieldDescriptions.width)
    height: int | None = InputField(default=None, description=FieldDescriptions.height)
    seed: int | None = InputField(default=None, description=FieldDescriptions.seed)
    rand_device: str | None = InputField(default=None, description="Where noise was drawn")
    cfg_scale: float | None = InputField(default=None, description=FieldDescriptions.cfg_scale)
    cfg_rescale_multiplier: float | None = InputField(
        default=None, description=FieldDescriptions.cfg_rescale_multiplier
    )
    steps: int | None = InputField(default=None, description=FieldDescriptions.steps)
    scheduler: str | None = InputField(default=None, description=FieldDescriptions.scheduler)
    seamless_x: bool | None = InputField(default=None, description="Whether it wraps around sideways")
    seamless_y: bool | None = InputField(default=None, description="Whether it wraps around upwards")
    clip_skip: int | None = InputField(default=None, description=FieldDescriptions.skipped_layers)
    model: ModelIdentifierField | None = InputField(default=None, description=FieldDescriptions.main_model)
    controlnets: list[ControlField] | None = InputField(default=None, description=FieldDescriptions.control)
    ipAdapters: list[IPAdapterField] | None = InputField(
        default=None, description=FieldDescriptions.ip_adapter
    )
    t2iAdapters: list[T2IAdapterField] | None = InputField(
        default=None, description=FieldDescriptions.t2i_adapter
    )
    loras: list[LoRAMetadataField] | None = InputField(default=None, description="LoRAs")
    strength: float | None = InputField(default=None, description=FieldDescriptions.strength)
    init_image: str | None = InputField(default=None, description="The picture that it began with")
    vae: ModelIdentifierField | None = InputField(default=None, description=FieldDescriptions.vae_model)
    hrf_enabled: bool | None = InputField(default=None, description="Whether it was enlarged")
    hrf_method: str | None = InputField(default=None, description="How it was enlarged")
    hrf_strength: float | None = InputField(default=None, description="How much that changed")
    positive_style_prompt: str | None = InputField(default=None, description="The style prompt")
    negative_style_prompt: str | None = InputField(default=None, description="The negative style prompt")
    refiner_model: ModelIdentifierField | None = InputField(default=None, description="The refiner")
    refiner_cfg_scale: float | None = InputField(default=None, description="The refiner's guidance")
    refiner_steps: int | None = InputField(default=None, description="The refiner's steps")
    refiner_scheduler: str | None = InputField(default=None, description="The refiner's scheduler")
    refiner_positive_aesthetic_score: float | None = InputField(default=None, description="Its score")
    refiner_negative_aesthetic_score: float | None = InputField(default=None, description="Its low score")
    refiner_start: float | None = InputField(default=None, description="When the refiner took over")

    def invoke(self, context: InvocationContext) -> MetadataOutput:
        told = self.model_dump(mode="json", exclude_none=True, exclude=set(_OWN))
        return MetadataOutput(metadata=MetadataField({**told, "app_version": __version__}))


def _plain(value: Any) -> Any:
    return value.model_dump(mode="json") if isinstance(value, ModelIdentifierField | ImageField) else value
