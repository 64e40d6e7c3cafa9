"""Read a body as A1111's pydantic 1 does: what fits its schema after that is accepted, and must be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import jsonschema_rs

from sdapi.http.lax import to_bool, to_dict, to_float, to_int, to_str

READERS = {
    "integer": to_int,
    "number": to_float,
    "boolean": to_bool,
    "string": to_str,
    "object": to_dict,
}


def fits(body: Any, schema: Mapping[str, Any], document: Mapping[str, Any]) -> bool:
    """True if a body fits its schema once its values are read as pydantic 1 reads them."""
    read = coerced(body, schema, document)
    whole = with_null({**schema, "components": document["components"]})
    return jsonschema_rs.Draft4Validator(whole).is_valid(read)


def coerced(value: Any, schema: Mapping[str, Any], document: Mapping[str, Any]) -> Any:
    """A value in its schema's type, or as it is where that can't be."""
    schema = resolved(schema, document)
    for choice in schema.get("anyOf", ()):
        value = coerced(value, choice, document)
    for part in schema.get("allOf", ()):
        value = coerced(value, part, document)
    reader = READERS.get(schema.get("type", ""))
    if reader is not None and value is not None:
        try:
            value = reader(value)
        except ValueError:
            return value
    if isinstance(value, dict):
        known = schema.get("properties", {})
        return {key: coerced(item, known.get(key, {}), document) for key, item in value.items()}
    if isinstance(value, list):
        return [coerced(item, schema.get("items", {}), document) for item in value]
    return value


def resolved(schema: Mapping[str, Any], document: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema that a reference stands for."""
    name = schema.get("$ref", "").rpartition("/")[2]
    return document["components"]["schemas"][name] if name else schema


def with_null(node: Any) -> Any:
    """A schema of OpenAPI 3.0 in JSON Schema, where null is a type."""
    if isinstance(node, list):
        return [with_null(item) for item in node]
    if not isinstance(node, dict):
        return node
    found = {key: with_null(item) for key, item in node.items()}
    return {"anyOf": [found, {"type": "null"}]} if node.get("nullable") is True else found
