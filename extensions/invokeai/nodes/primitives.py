"""Nodes that hold one value or a list of values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from extensions.invokeai.fields.declare import InputField
from extensions.invokeai.fields.values import BoundingBoxField, ColorField
from extensions.invokeai.invocation.base import BaseInvocation
from extensions.invokeai.invocation.decorators import invocation
from extensions.invokeai.outputs.plain import (
    BooleanCollectionOutput,
    BooleanOutput,
    BoundingBoxOutput,
    ColorOutput,
    FloatCollectionOutput,
    FloatOutput,
    IntegerCollectionOutput,
    IntegerOutput,
    StringCollectionOutput,
    StringOutput,
)
from extensions.invokeai.vocabulary.nodes import UIComponent

if TYPE_CHECKING:
    from extensions.invokeai.context.context import InvocationContext

BLACK = ColorField(r=0, g=0, b=0, a=255)


@invocation("boolean", title="Boolean Primitive", tags=["primitives"], category="primitives", version="1.0.1")
class BooleanInvocation(BaseInvocation):
    """A boolean."""

    value: bool = InputField(default=False, description="The boolean")

    def invoke(self, context: InvocationContext) -> BooleanOutput:
        return BooleanOutput(value=self.value)


@invocation(
    "boolean_collection", title="Boolean Collection Primitive", category="primitives", version="1.0.2"
)
class BooleanCollectionInvocation(BaseInvocation):
    """A list of booleans."""

    collection: list[bool] = InputField(default=[], description="The booleans")

    def invoke(self, context: InvocationContext) -> BooleanCollectionOutput:
        return BooleanCollectionOutput(collection=self.collection)


@invocation("integer", title="Integer Primitive", tags=["primitives"], category="primitives", version="1.0.1")
class IntegerInvocation(BaseInvocation):
    """An integer."""

    value: int = InputField(default=0, description="The integer")

    def invoke(self, context: InvocationContext) -> IntegerOutput:
        return IntegerOutput(value=self.value)


@invocation(
    "integer_collection", title="Integer Collection Primitive", category="primitives", version="1.0.2"
)
class IntegerCollectionInvocation(BaseInvocation):
    """A list of integers."""

    collection: list[int] = InputField(default=[], description="The integers")

    def invoke(self, context: InvocationContext) -> IntegerCollectionOutput:
        return IntegerCollectionOutput(collection=self.collection)


@invocation("float", title="Float Primitive", tags=["primitives"], category="primitives", version="1.0.1")
class FloatInvocation(BaseInvocation):
    """A float."""

    value: float = InputField(default=0.0, description="The float")

    def invoke(self, context: InvocationContext) -> FloatOutput:
        return FloatOutput(value=self.value)


@invocation("float_collection", title="Float Collection Primitive", category="primitives", version="1.0.2")
class FloatCollectionInvocation(BaseInvocation):
    """A list of floats."""

    collection: list[float] = InputField(default=[], description="The floats")

    def invoke(self, context: InvocationContext) -> FloatCollectionOutput:
        return FloatCollectionOutput(collection=self.collection)


@invocation("string", title="String Primitive", tags=["primitives"], category="primitives", version="1.0.1")
class StringInvocation(BaseInvocation):
    """A string."""

    value: str = InputField(default="", description="The string", ui_component=UIComponent.Textarea)

    def invoke(self, context: InvocationContext) -> StringOutput:
        return StringOutput(value=self.value)


@invocation("string_collection", title="String Collection Primitive", category="primitives", version="1.0.2")
class StringCollectionInvocation(BaseInvocation):
    """A list of strings."""

    collection: list[str] = InputField(default=[], description="The strings")

    def invoke(self, context: InvocationContext) -> StringCollectionOutput:
        return StringCollectionOutput(collection=self.collection)


@invocation("color", title="Color Primitive", tags=["primitives"], category="primitives", version="1.0.1")
class ColorInvocation(BaseInvocation):
    """A colour."""

    color: ColorField = InputField(default=BLACK, description="The colour")

    def invoke(self, context: InvocationContext) -> ColorOutput:
        return ColorOutput(color=self.color)


@invocation("bounding_box", title="Bounding Box", category="primitives", version="1.0.0")
class BoundingBoxInvocation(BaseInvocation):
    """A box made of its sides."""

    x_min: int = InputField(default=0, description="Left")
    y_min: int = InputField(default=0, description="Top")
    x_max: int = InputField(default=0, description="Right")
    y_max: int = InputField(default=0, description="Bottom")

    def invoke(self, context: InvocationContext) -> BoundingBoxOutput:
        box = BoundingBoxField(x_min=self.x_min, x_max=self.x_max, y_min=self.y_min, y_max=self.y_max)
        return BoundingBoxOutput(bounding_box=box)
