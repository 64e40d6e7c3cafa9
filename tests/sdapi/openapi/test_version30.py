"""JSON Schemas in the words of OpenAPI 3.0."""

from __future__ import annotations

from typing import Any

import pytest

from sdapi.openapi.version30 import plain

REFERENCE = {"$ref": "#/components/schemas/X"}


@pytest.mark.parametrize(
    ("newer", "older"),
    [
        (
            {"anyOf": [{"type": "string"}, {"type": "null"}], "title": "T"},
            {"type": "string", "title": "T", "nullable": True},
        ),
        (
            {"anyOf": [REFERENCE, {"type": "null"}]},
            {"type": "object", "nullable": True, "allOf": [REFERENCE]},
        ),
        (
            {"anyOf": [REFERENCE, {"type": "integer"}, {"type": "null"}]},
            {"anyOf": [REFERENCE, {"type": "integer", "nullable": True}]},
        ),
        (
            {"anyOf": [{"type": "string", "enum": ["a"]}, {"type": "null"}]},
            {"type": "string", "enum": ["a", None], "nullable": True},
        ),
        ({"anyOf": [{}, {"type": "null"}]}, {}),
        ({"anyOf": [{"type": "string"}, REFERENCE]}, {"anyOf": [{"type": "string"}, REFERENCE]}),
        (
            {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 2},
            {
                "type": "number",
                "minimum": 0,
                "exclusiveMinimum": True,
                "maximum": 2,
                "exclusiveMaximum": True,
            },
        ),
        ({"const": "queued", "type": "string"}, {"enum": ["queued"], "type": "string"}),
        (
            {"type": "array", "prefixItems": [{"type": "string"}, {"type": "integer"}]},
            {"type": "array", "items": {"anyOf": [{"type": "string"}, {"type": "integer"}]}},
        ),
        ({**REFERENCE, "description": "D"}, {"description": "D", "allOf": [REFERENCE]}),
        (
            {"type": "string", "contentMediaType": "application/octet-stream"},
            {"type": "string", "format": "binary"},
        ),
        ({"type": "string", "default": None}, {"type": "string"}),
        ({"type": "boolean", "default": False}, {"type": "boolean", "default": False}),
    ],
)
def test_words_of_2020_are_said_in_those_of_3_0(newer: dict[str, Any], older: dict[str, Any]) -> None:
    assert plain(newer) == older
    assert plain({"type": "array", "items": [newer]})["items"] == [older]


def test_names_of_fields_are_no_keywords() -> None:
    fields = {
        name: {"type": "string"} for name in ("const", "default", "anyOf", "enum", "$ref", "properties")
    }
    assert plain({"type": "object", "properties": fields}) == {"type": "object", "properties": fields}


def test_values_are_left_alone() -> None:
    schema = {"default": {"const": 1}, "enum": [{"type": "null"}], "type": "object"}
    assert plain(schema) == schema
