"""Nodes that hold names of pictures, latents and conditioning in the store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from extensions.invokeai.fields.declare import InputField
from extensions.invokeai.fields.values import ConditioningField, ImageField, LatentsField
from extensions.invokeai.invocation.base import BaseInvocation
from extensions.invokeai.invocation.decorators import invocation
from extensions.invokeai.outputs.stored import (
    ConditioningCollectionOutput,
    ConditioningOutput,
    ImageCollectionOutput,
    ImageOutput,
    LatentsCollectionOutput,
    LatentsOutput,
)
from extensions.invokeai.vocabulary.descriptions import FieldDescriptions
from extensions.invokeai.vocabulary.nodes import Input

if TYPE_CHECKING:
    from extensions.invokeai.context.context import InvocationContext


@invocation("image", title="Image Primitive", tags=["primitives"], category="primitives", version="1.0.2")
class ImageInvocation(BaseInvocation):
    """A picture of the store."""

    image: ImageField = InputField(description=FieldDescriptions.image)

    def invoke(self, context: InvocationContext) -> ImageOutput:
        return ImageOutput.build(context.images.get_dto(self.image.image_name))


@invocation("image_collection", title="Image Collection Primitive", category="primitives", version="1.0.1")
class ImageCollectionInvocation(BaseInvocation):
    """A list of pictures."""

    collection: list[ImageField] | None = InputField(default=None, description="The pictures")
    images: list[ImageField] | None = InputField(default=None, description="More pictures, behind them")

    def invoke(self, context: InvocationContext) -> ImageCollectionOutput:
        return ImageCollectionOutput(collection=[*(self.collection or []), *(self.images or [])])


@invocation("latents", title="Latents Primitive", category="primitives", version="1.0.2")
class LatentsInvocation(BaseInvocation):
    """Latents of the store."""

    latents: LatentsField = InputField(description=FieldDescriptions.latents, input=Input.Connection)

    def invoke(self, context: InvocationContext) -> LatentsOutput:
        tensor = context.tensors.load(self.latents.latents_name)
        return LatentsOutput.build(self.latents.latents_name, tensor, self.latents.seed)


@invocation(
    "latents_collection", title="Latents Collection Primitive", category="primitives", version="1.0.1"
)
class LatentsCollectionInvocation(BaseInvocation):
    """A list of latents."""

    collection: list[LatentsField] = InputField(default=[], description=FieldDescriptions.latents)

    def invoke(self, context: InvocationContext) -> LatentsCollectionOutput:
        return LatentsCollectionOutput(collection=self.collection)


@invocation("conditioning", title="Conditioning Primitive", category="primitives", version="1.0.1")
class ConditioningInvocation(BaseInvocation):
    """Conditioning of the store."""

    conditioning: ConditioningField = InputField(description=FieldDescriptions.cond, input=Input.Connection)

    def invoke(self, context: InvocationContext) -> ConditioningOutput:
        return ConditioningOutput(conditioning=self.conditioning)


@invocation(
    "conditioning_collection",
    title="Conditioning Collection Primitive",
    category="primitives",
    version="1.0.2",
)
class ConditioningCollectionInvocation(BaseInvocation):
    """A list of conditioning."""

    collection: list[ConditioningField] = InputField(default=[], description=FieldDescriptions.cond)

    def invoke(self, context: InvocationContext) -> ConditioningCollectionOutput:
        return ConditioningCollectionOutput(collection=self.collection)
