"""Nodes that make lists, run through them, and gather."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

from extensions.invokeai.fields.declare import InputField, OutputField
from extensions.invokeai.invocation.base import BaseInvocation, BaseInvocationOutput
from extensions.invokeai.invocation.decorators import invocation, invocation_output
from extensions.invokeai.nodes.limits import check_length
from extensions.invokeai.outputs.plain import FloatCollectionOutput, IntegerCollectionOutput
from extensions.invokeai.vocabulary.nodes import SEED_MAX, Classification, Input
from extensions.invokeai.vocabulary.ui_types import UIType

if TYPE_CHECKING:
    from extensions.invokeai.context.context import InvocationContext


@invocation("range", title="Integer Range", tags=["collection"], category="collections", version="1.0.0")
class RangeInvocation(BaseInvocation):
    """Whole numbers from start to below stop."""

    start: int = InputField(default=0, description="The first")
    stop: int = InputField(default=10, description="The number that all are below")
    step: int = InputField(default=1, description="From one to the next")

    def invoke(self, context: InvocationContext) -> IntegerCollectionOutput:
        numbers = range(self.start, self.stop, self.step)
        check_length(len(numbers))
        return IntegerCollectionOutput(collection=list(numbers))


@invocation(
    "range_of_size",
    title="Integer Range of Size",
    tags=["collection"],
    category="collections",
    version="1.0.0",
)
class RangeOfSizeInvocation(BaseInvocation):
    """So many whole numbers."""

    start: int = InputField(default=0, description="The first")
    size: int = InputField(default=1, gt=0, description="How many")
    step: int = InputField(default=1, description="From one to the next")

    def invoke(self, context: InvocationContext) -> IntegerCollectionOutput:
        check_length(self.size)
        return IntegerCollectionOutput(collection=[self.start + i * self.step for i in range(self.size)])


@invocation(
    "random_range",
    title="Random Range",
    tags=["collection"],
    category="collections",
    version="1.0.1",
    use_cache=False,
)
class RandomRangeInvocation(BaseInvocation):
    """Random whole numbers from low to below high."""

    low: int = InputField(default=0, description="The least")
    high: int = InputField(default=2**31 - 1, description="The number that all are below")
    size: int = InputField(default=1, ge=0, description="How many")
    seed: int = InputField(default=0, ge=0, le=SEED_MAX, description="Where random numbers begin")

    def invoke(self, context: InvocationContext) -> IntegerCollectionOutput:
        check_length(self.size)
        chance = random.Random(self.seed)
        return IntegerCollectionOutput(
            collection=[chance.randrange(self.low, self.high) for _ in range(self.size)]
        )


@invocation("float_range", title="Float Range", tags=["math"], category="math", version="1.0.1")
class FloatLinearRangeInvocation(BaseInvocation):
    """Numbers at even distances, both ends included."""

    start: float = InputField(default=5, description="The first")
    stop: float = InputField(default=10, description="The last")
    steps: int = InputField(default=30, ge=1, description="How many")

    def invoke(self, context: InvocationContext) -> FloatCollectionOutput:
        check_length(self.steps)
        step = (self.stop - self.start) / max(self.steps - 1, 1)
        return FloatCollectionOutput(collection=[self.start + i * step for i in range(self.steps)])


@invocation_output("iterate_output")
class IterateInvocationOutput(BaseInvocationOutput):
    """One item of a list."""

    item: Any = OutputField(description="The item", title="Collection Item", ui_type=UIType._CollectionItem)
    index: int = OutputField(description="Its place", title="Index")
    total: int = OutputField(description="How many there are", title="Total")


@invocation("iterate", version="1.1.0", title="Iterate")
class IterateInvocation(BaseInvocation):
    """Run what follows once for each item of a list."""

    collection: list[Any] = InputField(
        default=[], description="The list", input=Input.Connection, ui_type=UIType._Collection
    )
    index: int = InputField(default=0, description="The place of the item", ui_hidden=True)

    def invoke(self, context: InvocationContext) -> IterateInvocationOutput:
        item = self.collection[self.index]
        return IterateInvocationOutput(item=item, index=self.index, total=len(self.collection))


@invocation_output("collect_output")
class CollectInvocationOutput(BaseInvocationOutput):
    """A list of what came together."""

    collection: list[Any] = OutputField(
        description="The list", title="Collection", ui_type=UIType._Collection
    )


@invocation("collect", version="1.1.0", title="Collect", classification=Classification.Stable)
class CollectInvocation(BaseInvocation):
    """Gather items of all iterations as a list."""

    item: Any = InputField(
        default=None,
        description="What is gathered",
        ui_type=UIType._CollectionItem,
        title="Collection Item",
        input=Input.Connection,
    )
    collection: list[Any] = InputField(
        default=[], description="A list to begin with", ui_type=UIType._Collection
    )

    def invoke(self, context: InvocationContext) -> CollectInvocationOutput:
        return CollectInvocationOutput(collection=list(self.collection))
