"""Schemas of options and command-line flags, by the types of their defaults."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sdapi.flags.flag import Flag
from sdapi.options.coerce import CHOICES
from sdapi.options.table import Option


def value_schema(default: object) -> dict[str, Any]:
    """The type of values whose default is this one."""
    match default:
        case bool():
            return {"type": "boolean"}
        case int() | float():
            return {"type": "number"}
        case str():
            return {"type": "string"}
        case list() | tuple():
            return {"type": "array", "items": {"type": "string"}}
        case Mapping():
            return {"type": "object", "additionalProperties": True}
        case _:
            kinds = ("string", "number", "boolean")
            return {"anyOf": [{"type": kind, "nullable": True} for kind in kinds]}


def option_properties(options: Iterable[Option]) -> dict[str, Any]:
    """Properties of the answer of `GET /sdapi/v1/options`, by key."""
    return {option.key: _option(option) for option in options}


def _option(option: Option) -> dict[str, Any]:
    schema = {"title": _title(option.key), **value_schema(option.default)}
    if option.key in CHOICES:
        schema["description"] = "One of " + ", ".join(sorted(CHOICES[option.key])) + "."
    return schema if option.default is None else {**schema, "default": option.default}


def flag_properties(flags: Iterable[Flag]) -> dict[str, Any]:
    """Properties of the answer of `GET /sdapi/v1/cmd-flags`; a flag without a default is text once given."""
    return {flag.key: _flag(flag) for flag in flags}


def _flag(flag: Flag) -> dict[str, Any]:
    schema = {"type": "string", "nullable": True} if flag.default is None else value_schema(flag.default)
    if flag.kind == "number" and flag.default is not None:
        schema = {"type": "integer"}
    if flag.choices:
        schema = {**schema, "enum": list(flag.choices)}
    return {"title": _title(flag.key), **schema, "description": flag.note}


def _title(key: str) -> str:
    return key.replace("_", " ").title()
