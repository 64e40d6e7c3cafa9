"""Graphs and batches checked by the nodes that the server knows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from extensions.invokeai.graph.graph import NodeGraph
from extensions.invokeai.graph.node_kind import NodeKind
from extensions.invokeai.kinds import LoadNodesResult
from extensions.invokeai.nodes.maths import AddInvocation
from extensions.invokeai.service.batch import BatchBody
from extensions.invokeai.service.nodes import KnownNodes
from pipelines.contract.errors import InvalidRequest
from tests.extensions.invokeai.graphs import graph

ADD = NodeKind.of(AddInvocation)
PACKS = replace(
    ADD,
    name="pack_add",
    title="PackAdd",
    pack="pack",
    schema={"properties": {"a": {"type": "integer", "maximum": 9, "default": 0}, "b": {"type": "integer"}}},
)


@pytest.fixture
def known() -> KnownNodes:
    """A server that knows one core node, and one of a pack."""
    nodes = KnownNodes()
    nodes.__dict__["core"] = {"add": ADD}
    nodes.take(LoadNodesResult(nodes=(PACKS.as_json(),), failed={"broken": "no such device"}))
    return nodes


def refused(known: KnownNodes, nodes: dict[str, Any], *edges: tuple[str, str]) -> tuple[str, str | None]:
    with pytest.raises(InvalidRequest) as caught:
        known.check(NodeGraph.read(graph(nodes, *edges)))
    return caught.value.message, caught.value.field


def test_a_sound_graph_is_taken(known: KnownNodes) -> None:
    nodes = {"n": {"type": "add", "a": 1}, "m": {"type": "pack_add", "a": 9}}
    known.check(NodeGraph.read(graph(nodes, ("n.value", "m.b"))))


def test_an_unknown_type_names_the_packs_that_were_left_out(known: KnownNodes) -> None:
    text, field = refused(known, {"n": {"type": "missing"}})
    assert text.endswith("(node packs that are left out: broken: no such device)")
    assert field == "batch.graph"


def test_other_faults_name_no_packs(known: KnownNodes) -> None:
    text, _ = refused(known, {"n": {"type": "add"}, "m": {"type": "add"}}, ("n.value", "m.nothing"))
    assert "no input nothing" in text and "left out" not in text


@pytest.mark.parametrize(
    ("node", "field"),
    [
        ({"type": "add", "b": "many"}, "b"),
        ({"type": "pack_add", "a": 10}, "a"),
        ({"type": "pack_add", "b": []}, "b"),
    ],
)
def test_a_wrong_value_is_named_by_node_and_field(
    node: dict[str, Any], field: str, known: KnownNodes
) -> None:
    text, place = refused(known, {"n": node})
    assert text.startswith(f"node n: {field}: ")
    assert place == f"batch.graph.nodes.n.{field}"


def test_a_value_that_an_edge_replaces_is_not_looked_at(known: KnownNodes) -> None:
    nodes = {"n": {"type": "add"}, "m": {"type": "add", "a": "many"}}
    known.check(NodeGraph.read(graph(nodes, ("n.value", "m.a"))))


@pytest.mark.parametrize(
    ("field", "items", "text"),
    [
        ("nothing", [1], "add has no such input"),
        ("a", [1, "many"], "valid integer"),
    ],
)
def test_every_value_of_a_batch_is_looked_at(
    field: str, items: list[Any], text: str, known: KnownNodes
) -> None:
    nodes = {"n": {"type": "add"}}
    data = [[{"node_path": "n", "field_name": field, "items": items}]]
    batch = BatchBody.model_validate({"graph": {"nodes": nodes}, "data": data})
    with pytest.raises(InvalidRequest, match=text) as caught:
        known.check_data(NodeGraph.read(graph(nodes)), batch)
    assert caught.value.field == f"batch.graph.nodes.n.{field}"


def test_a_packs_node_takes_the_place_of_the_cores(known: KnownNodes) -> None:
    before = known.document
    assert known.document is before
    taken = replace(PACKS, name="add", title="OtherAdd")
    known.take(LoadNodesResult(nodes=(taken.as_json(),)))
    assert known.all["add"] == taken
    assert "OtherAdd" in known.document["components"]["schemas"]
    assert "PackAdd" not in known.document["components"]["schemas"]
    assert known.failed == {}
