"""Translate pydantic's schemas, which follow JSON Schema 2020-12, to those of OpenAPI 3.0."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

VALUES = frozenset({"default", "enum", "example", "required"})
"""Keywords that hold values, not schemas."""
NAMED = frozenset(
    {"properties", "schemas", "responses", "parameters", "headers", "securitySchemes", "content"}
)
"""Keywords that hold schemas (or what has them inside) by name, so that no name is taken for a keyword."""


def plain(node: Any) -> Any:
    """A document or a part of it in which every schema is one of OpenAPI 3.0."""
    if isinstance(node, list):
        return [plain(item) for item in node]
    if not isinstance(node, dict):
        return node
    found: dict[str, Any] = {key: _inside(key, value) for key, value in node.items()}
    return _schema(found)


def _inside(key: str, value: Any) -> Any:
    if key in VALUES:
        return value
    if key in NAMED and isinstance(value, dict):
        return {name: plain(item) for name, item in value.items()}
    return plain(value)


def _schema(schema: dict[str, Any]) -> dict[str, Any]:
    for choice in ("anyOf", "oneOf"):
        if isinstance(schema.get(choice), list):
            schema = _without_null(schema, choice)
    for bound, side in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        if _is_number(schema.get(bound)):
            schema[side], schema[bound] = schema[bound], True
    if schema.get("default", "") is None:
        del schema["default"]  # null is what a field that is left out has anyway, and 3.0 wants a typed value
    if "const" in schema:
        schema["enum"] = [schema.pop("const")]
    if isinstance(schema.get("prefixItems"), list):
        schema["items"] = {"anyOf": schema.pop("prefixItems")}
    if "contentMediaType" in schema:
        del schema["contentMediaType"]
        schema["format"] = "binary"
    return _lone_reference(schema)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _without_null(schema: dict[str, Any], choice: str) -> dict[str, Any]:
    """Turn ``X or null`` into a nullable X; of several alternatives each becomes nullable."""
    left = [item for item in schema[choice] if item.get("type") != "null"]
    if len(left) == len(schema[choice]):
        return schema
    around = {key: value for key, value in schema.items() if key != choice}
    if len(left) > 1:
        return {**around, choice: [_nullable(item) for item in left]}
    if "$ref" in left[0]:
        return {**around, "type": "object", "nullable": True, "allOf": left}
    return {**_nullable(left[0]), **around}


def _nullable(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema that takes null too; one without a type stays: a reference can't be nullable, ``{}`` is."""
    if "type" not in schema:
        return schema
    more = {"enum": [*schema["enum"], None]} if "enum" in schema else {}
    return {**schema, **more, "nullable": True}


def _lone_reference(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Move a reference with siblings into ``allOf``, as 3.0 ignores the siblings of ``$ref``."""
    beside = {key: value for key, value in schema.items() if key != "$ref"}
    if "$ref" not in schema or not beside:
        return dict(schema)
    return {**beside, "allOf": [{"$ref": schema["$ref"]}]}
