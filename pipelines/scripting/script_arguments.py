"""Script arguments as clients write them, brought to the types that a script declares."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import Any

from pipelines.contract.errors import InvalidRequest
from pipelines.scripting.script_file import ScriptArgument

TRUE = frozenset({"1", "on", "t", "true", "y", "yes"})
FALSE = frozenset({"0", "off", "f", "false", "n", "no", "", "none", "null"})
LARGEST = 2**53
"""Largest whole number that JavaScript clients keep exact."""


def coerce_arguments(
    declared: Sequence[ScriptArgument], given: Sequence[Any], *, field: str
) -> tuple[Any, ...]:
    """The given arguments in their declared types, defaults for missing ones; surplus ones are dropped.

    Numbers stay what they are, whole or not. Raises InvalidRequest that names the argument.
    """
    coerced = [
        _coerced(argument, value, f"{field}.{place}")
        for place, (argument, value) in enumerate(zip(declared, given, strict=False))
    ]
    return (*coerced, *(argument.value for argument in declared[len(coerced) :]))


def _coerced(argument: ScriptArgument, value: Any, field: str) -> Any:
    """A value in the type of the argument's default; arguments with choices also go by an index."""
    default = argument.value
    if isinstance(default, bool):
        return _flag(argument, value, field)
    if isinstance(default, int | float):
        return default if value is None else _number(argument, value, field)
    if isinstance(default, list | tuple) or (default is None and argument.choices is not None):
        return _list(argument, value, field)
    if value is None:
        return None if argument.choices is not None else default
    if isinstance(value, str):
        index = argument.choices is not None and value.strip().isdecimal() and value not in argument.choices
        return _number(argument, value, field) if index else _text(argument, value, field)
    if isinstance(value, bool | int | float):
        return _number(argument, value, field) if argument.choices is not None else _plain(value)
    raise _misfit(argument, value, field, "a text")


def _flag(argument: ScriptArgument, value: Any, field: str) -> bool:
    if value is None:
        return False
    if isinstance(value, bool):
        return value
    text = str(value).strip().lower() if isinstance(value, str | int | float) else "?"
    if text in TRUE | FALSE:
        return text in TRUE
    if isinstance(value, int | float):
        return bool(value)
    raise _misfit(argument, value, field, "true or false")


def _number(argument: ScriptArgument, value: Any, field: str) -> int | float:
    number: int | float = math.nan
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        number = value
    elif isinstance(value, str) and len(value) <= 40:
        number = _read_number(value)
    if not -LARGEST <= number <= LARGEST:
        raise _misfit(argument, value, field, "a number")
    return number


def _read_number(text: str) -> int | float:
    """Whole if it is written so; not a number for anything else."""
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return math.nan


def _list(argument: ScriptArgument, value: Any, field: str) -> list[Any]:
    """Lists, JSON of one in a text, or a text with commas."""
    if value is None or value == "":
        return []
    if isinstance(value, str):
        value = _read_list(value)
    if not isinstance(value, list | tuple):
        raise _misfit(argument, value, field, "a list")
    items: list[Any] = list(value)  # pyright: ignore[reportUnknownArgumentType]
    if not all(isinstance(item, str | int | float | bool) for item in items):
        raise _misfit(argument, value, field, "a list of texts")
    return [_text(argument, str(item), field) for item in items]


def _read_list(text: str) -> list[Any]:
    if text.strip().startswith("["):
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            pass  # a text that only begins like a list
    return [item.strip() for item in text.split(",") if item.strip()]


def _plain(value: bool | int | float) -> str:
    return str(value)


def _text(argument: ScriptArgument, value: str, field: str) -> str:
    """The text, spelled as the choice that it is; lone surrogates are none."""
    try:
        value.encode()
    except UnicodeEncodeError:
        raise _misfit(argument, value, field, "a text") from None
    spelled = {choice.casefold(): choice for choice in argument.choices or ()}
    return spelled.get(value.strip().casefold(), value)


def _misfit(argument: ScriptArgument, value: Any, field: str, wanted: str) -> InvalidRequest:
    shown = ascii(value) if isinstance(value, str | bool | float | None) else type(value).__name__
    name = f"{argument.label!r} takes" if argument.label else "this argument takes"
    return InvalidRequest(f"{name} {wanted}, not {shown[:60]}", field=field)
