"""Outputs of one value or a list of values."""

from __future__ import annotations

from extensions.invokeai.fields.declare import OutputField
from extensions.invokeai.fields.values import BoundingBoxField, ColorField
from extensions.invokeai.invocation.base import BaseInvocationOutput
from extensions.invokeai.invocation.decorators import invocation_output
from extensions.invokeai.vocabulary.nodes import SCHEDULER_NAME_VALUES
from extensions.invokeai.vocabulary.ui_types import UIType


@invocation_output("boolean_output")
class BooleanOutput(BaseInvocationOutput):
    """A boolean."""

    value: bool = OutputField(description="The boolean")


@invocation_output("boolean_collection_output")
class BooleanCollectionOutput(BaseInvocationOutput):
    """A list of booleans."""

    collection: list[bool] = OutputField(description="The booleans")


@invocation_output("integer_output")
class IntegerOutput(BaseInvocationOutput):
    """An integer."""

    value: int = OutputField(description="The integer")


@invocation_output("integer_collection_output")
class IntegerCollectionOutput(BaseInvocationOutput):
    """A list of integers."""

    collection: list[int] = OutputField(description="The integers")


@invocation_output("float_output")
class FloatOutput(BaseInvocationOutput):
    """A float."""

    value: float = OutputField(description="The float")


@invocation_output("float_collection_output")
class FloatCollectionOutput(BaseInvocationOutput):
    """A list of floats."""

    collection: list[float] = OutputField(description="The floats")


@invocation_output("string_output")
class StringOutput(BaseInvocationOutput):
    """A string."""

    value: str = OutputField(description="The string")


@invocation_output("string_collection_output")
class StringCollectionOutput(BaseInvocationOutput):
    """A list of strings."""

    collection: list[str] = OutputField(description="The strings")


@invocation_output("color_output")
class ColorOutput(BaseInvocationOutput):
    """A color."""

    color: ColorField = OutputField(description="The color")


@invocation_output("color_collection_output")
class ColorCollectionOutput(BaseInvocationOutput):
    """A list of colors."""

    collection: list[ColorField] = OutputField(description="The list")


@invocation_output("bounding_box_output")
class BoundingBoxOutput(BaseInvocationOutput):
    """A bounding box."""

    bounding_box: BoundingBoxField = OutputField(description="The bounding box")


@invocation_output("bounding_box_collection_output")
class BoundingBoxCollectionOutput(BaseInvocationOutput):
    """A list of bounding boxes."""

    collection: list[BoundingBoxField] = OutputField(description="The list")


@invocation_output("string_pos_neg_output")
class StringPosNegOutput(BaseInvocationOutput):
    """A positive and a negative text."""

    positive_string: str = OutputField(description="The positive text")
    negative_string: str = OutputField(description="The negative text")


@invocation_output("string_2_output")
class String2Output(BaseInvocationOutput):
    """Two texts."""

    string_1: str = OutputField(description="The first")
    string_2: str = OutputField(description="The second")


@invocation_output("scheduler_output")
class SchedulerOutput(BaseInvocationOutput):
    """The name of a scheduler."""

    scheduler: SCHEDULER_NAME_VALUES = OutputField(description="The name", ui_type=UIType.Scheduler)


@invocation_output("ideal_size_output")
class IdealSizeOutput(BaseInvocationOutput):
    """A size that suits a model."""

    width: int = OutputField(description="Width in pixels")
    height: int = OutputField(description="Height in pixels")
