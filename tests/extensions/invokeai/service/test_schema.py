"""Nodes as components: definitions beside the classes that hold them."""

from __future__ import annotations

from extensions.invokeai.graph.node_kind import NodeKind
from extensions.invokeai.service.schema import nodes_document

PLACE = "#/components/schemas/"
BLUR = NodeKind(
    name="blur",
    title="BlurInvocation",
    pack="invokeai",
    inputs={},
    direct=frozenset(),
    outputs={},
    output_name="image_output",
    output_title="ImageOutput",
    schema={
        "properties": {"image": {"anyOf": [{"$ref": "#/$defs/ImageField"}, {"type": "null"}]}},
        "$defs": {
            "ImageField": {"properties": {"board": {"$ref": "#/$defs/BoardField"}}},
            "BoardField": {"type": "object"},
        },
    },
    output_schema={"type": "object", "note": "#/$defs/ is only words here"},
)


def test_definitions_lie_beside_the_node() -> None:
    schemas = nodes_document({"blur": BLUR})["components"]["schemas"]
    assert list(schemas) == [
        "BlurInvocation",
        "BoardField",
        "ImageField",
        "ImageOutput",
        "InvocationOutputMap",
    ]
    node = schemas["BlurInvocation"]
    assert "$defs" not in node
    assert node["properties"]["image"]["anyOf"] == [{"$ref": f"{PLACE}ImageField"}, {"type": "null"}]
    assert schemas["ImageField"]["properties"]["board"] == {"$ref": f"{PLACE}BoardField"}
    assert schemas["ImageOutput"]["note"] == "#/$defs/ is only words here"


def test_a_node_leads_to_its_output_and_so_does_the_map() -> None:
    schemas = nodes_document({"blur": BLUR})["components"]["schemas"]
    output = {"$ref": f"{PLACE}ImageOutput"}
    assert schemas["BlurInvocation"]["output"] == output
    assert schemas["InvocationOutputMap"]["properties"] == {"blur": output}
    assert schemas["InvocationOutputMap"]["required"] == ["blur"]


def test_the_description_of_a_node_is_left_as_it_is() -> None:
    nodes_document({"blur": BLUR})
    assert "$defs" in BLUR.schema and "output" not in BLUR.schema
