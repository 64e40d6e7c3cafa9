"""What an axis of the plot is, and how one value of it changes a request."""

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
    """What the empty axis does."""
    return request


def as_given(request: GenerationRequest, values: Sequence[Value], context: Lookup) -> Sequence[Value]:
    """Values that need no look at the request."""
    return values


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """One axis.

    ``apply(request, value, context)`` answers the request of a cell. ``prepare`` sees all values once,
    before any picture is made; what is wrong with them raises InvalidRequest there. ``choices`` lists the
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
        """What the legend says."""
        if self.shown == "nothing":
            return ""
        if isinstance(value, tuple):
            return value[-1] if self.shown == "last" else ", ".join(value)
        if self.shown == "file":
            return PurePath(str(value)).name
        written = str(round(value, 8) if isinstance(value, float) else value)
        return written if self.shown == "bare" else f"{self.label}: {written}"


def field_of(name: str) -> Apply:
    """Set a field of the request."""
    return lambda request, value, context: replace(request, **{name: value})


def part_of(part: str, name: str) -> Apply:
    """Set a field of one of the request's parts (seeds, hires, img2img, churn); a missing part stays so."""

    def apply(request: GenerationRequest, value: Any, context: Lookup) -> GenerationRequest:
        held: Any = getattr(request, part)
        return request if held is None else replace(request, **{part: replace(held, **{name: value})})

    return apply


def option(key: str) -> Apply:
    """Override an option for the cell, the engine's or an extension's."""
    known = key in {f.name for f in fields(GenerationOptions)}

    def apply(request: GenerationRequest, value: Any, context: Lookup) -> GenerationRequest:
        now = request.options
        change = {key: value} if known else {"extension": {**now.extension, key: value}}
        options = replace(now, **change)
        return replace(request, options=options, overridden=request.overridden | {key})

    return apply


def spelled(choices: Callable[[Names], tuple[str, ...]]) -> Prepare:
    """Values that are among the choices in another letter case are spelled as the choice is; others stay."""

    def prepare(request: GenerationRequest, values: Sequence[Value], context: Lookup) -> Sequence[Value]:
        known = {name.casefold(): name for name in choices(context.names)}
        return [known.get(str(value).casefold(), value) for value in values]

    return prepare


def one_of(label: str, choices: Callable[[Names], tuple[str, ...]]) -> Prepare:
    """Values must be among the choices, in any letter case; they are spelled as the choice is."""

    def prepare(request: GenerationRequest, values: Sequence[Value], context: Lookup) -> Sequence[Value]:
        known = {name.casefold(): name for name in choices(context.names)}
        for value in values:
            if str(value).casefold() not in known:
                raise InvalidRequest(f"Unknown {label}: {value}", field="script.args")
        return [known[str(value).casefold()] for value in values]

    return prepare
