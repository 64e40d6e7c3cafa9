"""The inputs that the tool gives nodes, and the outcomes that it calls different."""

from __future__ import annotations

from typing import Any

from tools.run_invoke_packs import differences, graph_of

MODEL = {"key": "k", "hash": "h", "name": "n", "base": "sd-1", "type": "main"}


def node(**fields: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    """A node's description: per input the class of what it takes, and its schema."""
    kind = {"field_kind": "input"}
    properties = {name: {**kind, **schema} for name, (_, schema) in fields.items()}
    return {
        "name": "odd",
        "schema": {"properties": {**properties, "id": {"type": "string"}}},
        "inputs": {name: [held] for name, (held, _) in fields.items()},
    }


def test_inputs_get_values_and_edges_of_their_kinds() -> None:
    graph = graph_of(
        node(
            image=("ImageField", {"$ref": "#/$defs/ImageField"}),
            count=("int", {"type": "integer", "minimum": 100}),
            spare=("int", {"type": "integer", "orig_required": False, "default": 3}),
            latents=("LatentsField", {"$ref": "#/$defs/LatentsField", "input": "connection"}),
            model=("ModelIdentifierField", {"$ref": "#/$defs/ModelIdentifierField"}),
        ),
        "a.png",
        MODEL,
    )
    assert graph is not None
    wanted = {"type": "odd", "image": {"image_name": "a.png"}, "count": 100, "model": MODEL}
    assert graph["nodes"]["node"] == wanted
    (fed,) = (one for one in graph["edges"] if one["destination"]["node_id"] == "node")
    assert (fed["source"], fed["destination"]["field"]) == ({"node_id": "noise", "field": "noise"}, "latents")


def test_what_needs_other_things_is_left_out() -> None:
    odd = ("OddField", {"$ref": "#/$defs/OddField", "input": "connection"})
    assert graph_of(node(odd=odd), "a.png", MODEL) is None


def test_other_answers_are_told() -> None:
    found = {"packs": {"a": {"x": "image_output 1x1", "y": "failed: OSError"}}}
    same = {"packs": {"a": {"x": "image_output 1x1"}, "not here": {"z": "string_output"}}}
    assert differences(found, same) == []
    other = {"packs": {"a": {"y": "string_output", "w": "string_output"}}}
    assert differences(found, other) == [
        "a/y: failed: OSError, not string_output",
        "a/w: not there, not string_output",
    ]


def test_packs_that_are_left_out_for_other_reasons_are_told() -> None:
    found = {"packs": {"a": {}}, "failed": {"b": "OSError: no such device (x.py, line 2)", "c": "odd"}}
    expected = {"packs": {}, "failed": {"a": "odd", "b": "OSError: no such device", "c": "even", "d": "odd"}}
    assert differences(found, expected) == ["a: loaded, not odd", "c: odd, not even"]
