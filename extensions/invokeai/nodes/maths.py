"""Nodes that calculate with numbers."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Literal

from extensions.invokeai.fields.declare import InputField
from extensions.invokeai.invocation.base import BaseInvocation
from extensions.invokeai.invocation.decorators import invocation
from extensions.invokeai.outputs.plain import FloatOutput, IntegerOutput
from extensions.invokeai.vocabulary.descriptions import FieldDescriptions

if TYPE_CHECKING:
    from extensions.invokeai.context.context import InvocationContext

INT_MAX = 2**31 - 1
MOST_BITS = 4096
"""Greatest size of a power in bits, so that no graph fills the memory with digits."""


@invocation("add", title="Add Integers", tags=["math"], category="math", version="1.0.1")
class AddInvocation(BaseInvocation):
    """a + b."""

    a: int = InputField(default=0, description=FieldDescriptions.num_1)
    b: int = InputField(default=0, description=FieldDescriptions.num_2)

    def invoke(self, context: InvocationContext) -> IntegerOutput:
        return IntegerOutput(value=self.a + self.b)


@invocation("sub", title="Subtract Integers", tags=["math"], category="math", version="1.0.1")
class SubtractInvocation(BaseInvocation):
    """a - b."""

    a: int = InputField(default=0, description=FieldDescriptions.num_1)
    b: int = InputField(default=0, description=FieldDescriptions.num_2)

    def invoke(self, context: InvocationContext) -> IntegerOutput:
        return IntegerOutput(value=self.a - self.b)


@invocation("mul", title="Multiply Integers", tags=["math"], category="math", version="1.0.1")
class MultiplyInvocation(BaseInvocation):
    """a times b."""

    a: int = InputField(default=0, description=FieldDescriptions.num_1)
    b: int = InputField(default=0, description=FieldDescriptions.num_2)

    def invoke(self, context: InvocationContext) -> IntegerOutput:
        return IntegerOutput(value=self.a * self.b)


@invocation("div", title="Divide Integers", tags=["math"], category="math", version="1.0.1")
class DivideInvocation(BaseInvocation):
    """a divided by b, rounded towards zero."""

    a: int = InputField(default=0, description=FieldDescriptions.num_1)
    b: int = InputField(default=0, description=FieldDescriptions.num_2)

    def invoke(self, context: InvocationContext) -> IntegerOutput:
        return IntegerOutput(value=int(self.a / self.b))


@invocation(
    "rand_int", title="Random Integer", tags=["math"], category="math", version="1.0.1", use_cache=False
)
class RandomIntInvocation(BaseInvocation):
    """A random whole number from low to below high."""

    low: int = InputField(default=0, description=FieldDescriptions.inclusive_low)
    high: int = InputField(default=INT_MAX, description=FieldDescriptions.exclusive_high)

    def invoke(self, context: InvocationContext) -> IntegerOutput:
        return IntegerOutput(value=random.randrange(self.low, self.high))


@invocation(
    "rand_float", title="Random Float", tags=["math"], category="math", version="1.0.1", use_cache=False
)
class RandomFloatInvocation(BaseInvocation):
    """A random number between low and high, rounded to decimal places."""

    low: float = InputField(default=0.0, description=FieldDescriptions.inclusive_low)
    high: float = InputField(default=1.0, description=FieldDescriptions.exclusive_high)
    decimals: int = InputField(default=2, description=FieldDescriptions.decimal_places)

    def invoke(self, context: InvocationContext) -> FloatOutput:
        return FloatOutput(value=round(random.uniform(self.low, self.high), self.decimals))


ROUNDINGS: Mapping[str, Callable[[float], float]] = {
    "Nearest": round,
    "Floor": math.floor,
    "Ceiling": math.ceil,
    "Truncate": math.trunc,
}


@invocation("float_to_int", title="Float To Integer", tags=["math"], category="math", version="1.0.1")
class FloatToIntegerInvocation(BaseInvocation):
    """A number rounded to a multiple."""

    value: float = InputField(default=0, description="The number")
    multiple: int = InputField(default=1, ge=1, title="Multiple of", description="What it is a multiple of")
    method: Literal["Nearest", "Floor", "Ceiling", "Truncate"] = InputField(
        default="Nearest", description="How it is rounded"
    )

    def invoke(self, context: InvocationContext) -> IntegerOutput:
        rounded = ROUNDINGS[self.method](self.value / self.multiple) * self.multiple
        return IntegerOutput(value=int(rounded))


@invocation("round_float", title="Round Float", tags=["math"], category="math", version="1.0.1")
class RoundInvocation(BaseInvocation):
    """A number rounded to decimal places."""

    value: float = InputField(default=0, description="The number")
    decimals: int = InputField(default=0, description=FieldDescriptions.decimal_places)

    def invoke(self, context: InvocationContext) -> FloatOutput:
        return FloatOutput(value=round(self.value, self.decimals))


def _power(a: int, b: int) -> int:
    if abs(a) > 1 and b * math.log2(abs(a)) > MOST_BITS:
        raise ValueError(f"{a} to the power of {b} has more than {MOST_BITS} bits")
    return int(a**b)


INTEGER_OPERATIONS: Mapping[str, Callable[[int, int], int]] = {
    "ADD": lambda a, b: a + b,
    "SUB": lambda a, b: a - b,
    "MUL": lambda a, b: a * b,
    "DIV": lambda a, b: int(a / b),
    "EXP": _power,
    "MOD": lambda a, b: a % b,
    "ABS": lambda a, b: abs(a),
    "MIN": min,
    "MAX": max,
}


@invocation("integer_math", title="Integer Math", tags=["math"], category="math", version="1.0.1")
class IntegerMathInvocation(BaseInvocation):
    """One operation on two whole numbers."""

    operation: Literal["ADD", "SUB", "MUL", "DIV", "EXP", "MOD", "ABS", "MIN", "MAX"] = InputField(
        default="ADD", description="The operation"
    )
    a: int = InputField(default=1, description=FieldDescriptions.num_1)
    b: int = InputField(default=1, description=FieldDescriptions.num_2)

    def invoke(self, context: InvocationContext) -> IntegerOutput:
        return IntegerOutput(value=INTEGER_OPERATIONS[self.operation](self.a, self.b))


FLOAT_OPERATIONS: Mapping[str, Callable[[float, float], float]] = {
    "ADD": lambda a, b: a + b,
    "SUB": lambda a, b: a - b,
    "MUL": lambda a, b: a * b,
    "DIV": lambda a, b: a / b,
    "EXP": math.pow,
    "ABS": lambda a, b: abs(a),
    "SQRT": lambda a, b: math.sqrt(a),
    "MIN": min,
    "MAX": max,
}


@invocation("float_math", title="Float Math", tags=["math"], category="math", version="1.0.1")
class FloatMathInvocation(BaseInvocation):
    """One operation on two numbers."""

    operation: Literal["ADD", "SUB", "MUL", "DIV", "EXP", "ABS", "SQRT", "MIN", "MAX"] = InputField(
        default="ADD", description="The operation"
    )
    a: float = InputField(default=1, description=FieldDescriptions.num_1)
    b: float = InputField(default=1, description=FieldDescriptions.num_2)

    def invoke(self, context: InvocationContext) -> FloatOutput:
        return FloatOutput(value=FLOAT_OPERATIONS[self.operation](self.a, self.b))
