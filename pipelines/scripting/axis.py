"""An axis of the plot, and the ways in which one value of it changes a request."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import PurePath
from typing import Any, Literal, TypeAlias

from pipelines.contract.errors import InvalidRequest
from pipelines.contract.options import GenerationOptions
from pipelines.contract.requests import GenerationRequest
from pipelines.scripting.axis_values import Kind, Value
from pipelines.scripting.script_file import Lookup, Names

Apply: TypeAlias = Callable[[GenerationRequest, Any, Lookup], GenerationRequest]
Prepare: TypeAlias = Callable[[GenerationRequest, Sequence[Value], Lookup], Sequence[Value]]
Shown: TypeAlias = Literal["labelled", "bare", "file", "listed", "last", "nothing"]


def unchanged(request: GenerationRequest, value: Value, context: Lookup) -> GenerationRequest:
    """Return the request as it is: the change of the empty axis."""
    return request


def as_given(request: GenerationRequest, values: Sequence[Value], context: Lookup) -> Sequence[Value]:
    """Return the values as they are, for axes that don't check them."""
    return values


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """One axis of the plot: its label, its values and the change that each makes.

    ``apply(request, value, context)`` returns the request of a cell. ``prepare`` is given all values once,
    before any picture is made, and raises InvalidRequest for those that are wrong. ``choices`` lists the
    values of the drop-down; its presence lets clients send a list instead of a text. ``cost`` is how much
    time a change of value takes: axes of high cost become the outer loops.
    """

    label: str
    kind: Kind = "text"
    apply: Apply = unchanged
    prepare: Prepare = as_given
    choices: Callable[[Names], tuple[str, ...]] | None = None
    cost: float = 0.0
    shown: Shown = "labelled"
    is_seed: bool = False

    def text(self, value: Value) -> str:
        """Return the text of a value in the legend."""
        if self.shown == "nothing":
            return ""
        if isinstance(value, tuple):
            return value[-1] if self.shown == "last" else ", ".join(value)
        if self.shown == "file":
            return PurePath(str(value)).name
        written = str(round(value, 8) if isinstance(value, float) else value)
        return written if self.shown == "bare" else f"{self.label}: {written}"


def field_of(name: str) -> Apply:
    """Make a change that sets a field of the request."""
    return lambda request, value, context: replace(request, **{name: value})


def part_of(part: str, name: str) -> Apply:
    """Make a change of a field in a part of the request: seeds, hires, img2img or churn, if it has that."""

    def apply(request: GenerationRequest, value: Any, context: Lookup) -> GenerationRequest:
        held: Any = getattr(request, part)
        return request if held is None else replace(request, **{part: replace(held, **{name: value})})

    return apply


def option(key: str) -> Apply:
    """Make a change that overrides an option for the cell, the engine's or an extension's."""
    known = key in {f.name for f in fields(GenerationOptions)}

    def apply(request: GenerationRequest, value: Any, context: Lookup) -> GenerationRequest:
        now = request.options
        change = {key: value} if known else {"extension": {**now.extension, key: value}}
        options = replace(now, **change)
        return replace(request, options=options, overridden=request.overridden | {key})

    return apply


def spelled(choices: Callable[[Names], tuple[str, ...]]) -> Prepare:
    """Make a ``prepare`` that spells values as the choices they match in any letter case; others stay."""

    def prepare(request: GenerationRequest, values: Sequence[Value], context: Lookup) -> Sequence[Value]:
        known = {name.casefold(): name for name in choices(context.names)}
        return [known.get(str(value).casefold(), value) for value in values]

    return prepare


def one_of(label: str, choices: Callable[[Names], tuple[str, ...]]) -> Prepare:
    """Make a ``prepare`` that spells values as the choices; one that is none raises InvalidRequest."""

    def prepare(request: GenerationRequest, values: Sequence[Value], context: Lookup) -> Sequence[Value]:
        known = {name.casefold(): name for name in choices(context.names)}
        for value in values:
            if str(value).casefold() not in known:
                raise InvalidRequest(f"Unknown {label}: {value}", field="script.args")
        return [known[str(value).casefold()] for value in values]

    return prepare
