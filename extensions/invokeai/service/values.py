"""Values checked by the JSON schema of a pack's node, as far as it goes; the engine checks again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

_KINDS: Mapping[str, tuple[type, ...]] = {
    "string": (str, int, float),  # numbers become text
    "integer": (int, float, str),
    "number": (int, float, str),
    "boolean": (bool, int, str),
    "array": (list,),
    "object": (dict,),
    "null": (type(None),),
}
_BOUNDS: Mapping[str, tuple[Callable[[float, float], bool], str]] = {
    "minimum": (lambda value, bound: value >= bound, "must be at least"),
    "maximum": (lambda value, bound: value <= bound, "must be at most"),
    "exclusiveMinimum": (lambda value, bound: value > bound, "must be above"),
    "exclusiveMaximum": (lambda value, bound: value < bound, "must be below"),
}


def check_value(value: Any, schema: Mapping[str, Any], name: str) -> str:
    """The fault of a value in a field of the node with this schema; empty if none is found."""
    field = schema.get("properties", {}).get(name)
    if field is None or (value is None and field.get("default", 0) is None):
        return ""
    return _problem(value, field, schema.get("$defs", {}))


def _problem(value: Any, schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> str:
    if "$ref" in schema:
        target = definitions.get(str(schema["$ref"]).rpartition("/")[2], {})
        return _problem(value, target, definitions)
    if "anyOf" in schema:
        problems = [_problem(value, choice, definitions) for choice in schema["anyOf"]]
        return "" if "" in problems else problems[0]
    if "const" in schema and value != schema["const"]:
        return f"must be {schema['const']!r}"
    if "enum" in schema and value not in schema["enum"]:
        return f"must be one of {', '.join(map(repr, schema['enum']))}"
    kinds = _KINDS.get(str(schema.get("type")))
    if kinds is not None and not isinstance(value, kinds):
        return f"must be of type {schema['type']}"
    return _inside(value, schema, definitions)


def _inside(value: Any, schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> str:
    if isinstance(value, dict) and schema.get("type") == "object":
        missing = [name for name in schema.get("required", ()) if name not in value]
        return f"lacks {', '.join(missing)}" if missing else ""
    if isinstance(value, list):
        problems = [_problem(item, schema.get("items", {}), definitions) for item in value]
        return next((problem for problem in problems if problem), "")
    if isinstance(value, int | float) and not isinstance(value, bool):
        for key, (fits, text) in _BOUNDS.items():
            if key in schema and not fits(value, schema[key]):
                return f"{text} {schema[key]}"
    return ""
