"""Values of packs' fields are looked at by their schema."""

from __future__ import annotations

from typing import Any

import pytest

from extensions.invokeai.service.values import check_value

SCHEMA: dict[str, Any] = {
    "$defs": {"Image": {"type": "object", "required": ["image_name"]}},
    "properties": {
        "count": {"type": "integer", "minimum": 1, "exclusiveMaximum": 5},
        "image": {"anyOf": [{"$ref": "#/$defs/Image"}, {"type": "null"}], "default": None},
        "mode": {"enum": ["a", "b"], "type": "string"},
        "list": {"type": "array", "items": {"type": "number"}},
        "kind": {"const": "x", "type": "string"},
    },
}


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("count", 3, ""),
        ("count", "3", ""),
        ("count", 0, "must be at least 1"),
        ("count", 5, "must be below 5"),
        ("count", [], "must be of type integer"),
        ("image", None, ""),
        ("image", {"image_name": "a"}, ""),
        ("image", {}, "lacks image_name"),
        ("image", "a", "must be of type object"),
        ("mode", "a", ""),
        ("mode", "c", "must be one of 'a', 'b'"),
        ("list", [1, 2.5], ""),
        ("list", [1, {}], "must be of type number"),
        ("kind", "y", "must be 'x'"),
        ("unheard_of", object(), ""),
    ],
)
def test_values(name: str, value: Any, problem: str) -> None:
    assert check_value(value, SCHEMA, name) == problem
