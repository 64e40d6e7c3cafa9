"""What nodes of packs are given, and how outcomes are compared."""

from __future__ import annotations

from typing import Any

from tools.run_invoke_packs import differences, inputs_of


def field(**more: Any) -> dict[str, Any]:
    return {"field_kind": "input", "orig_required": True, "input": "any", **more}


def test_needed_inputs_get_values_that_fit() -> None:
    properties = {
        "image": field(anyOf=[{"$ref": "#/$defs/ImageField"}, {"type": "null"}]),
        "images": field(anyOf=[{"type": "array", "items": {"$ref": "#/$defs/ImageField"}}, {"type": "null"}]),
        "mode": field(enum=["a", "b"], type="string"),
        "size": field(type="integer", minimum=100),
        "given": {**field(type="string"), "orig_required": False},
        "id": {"field_kind": "node_attribute", "type": "string"},
    }
    assert inputs_of({"properties": properties}, "x.png") == {
        "image": {"image_name": "x.png"},
        "images": [{"image_name": "x.png"}] * 2,
        "mode": "a",
        "size": 100,
    }


def test_what_only_edges_bring_is_left_out() -> None:
    latents = field(input="connection", anyOf=[{"$ref": "#/$defs/LatentsField"}])
    assert inputs_of({"properties": {"latents": latents}}, "x.png") is None


def test_outcomes_are_compared_where_a_pack_is_here() -> None:
    found = {"packs": {"one": {"a": "image_output 8x8", "b": "failed: x"}}}
    expected = {
        "packs": {"one": {"a": "image_output 8x8", "b": "string_output", "c": "x"}, "other": {"d": "y"}}
    }
    assert differences(found, expected) == [
        "one/b: failed: x, not string_output",
        "one/c: not there, not x",
    ]
