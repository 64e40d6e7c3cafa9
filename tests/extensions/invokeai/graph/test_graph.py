"""Graphs read, ordered and written."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from extensions.invokeai.graph.errors import CyclicalGraphError, NodeIdMismatchError
from extensions.invokeai.graph.graph import GraphEdge, NodeGraph
from tests.extensions.invokeai.graphs import graph


def read(names: str, *edges: tuple[str, str]) -> NodeGraph:
    """A graph with a node for each letter, and edges between letters."""
    ends = [(f"{source}.value", f"{target}.a") for source, target in edges]
    return NodeGraph.read(graph({name: {"type": "add"} for name in names}, *ends))


def test_nodes_know_their_ids() -> None:
    read_ = NodeGraph.read({"nodes": {"a": {"type": "add", "id": "a"}, "b": {"type": "add"}}})
    assert {key: node["id"] for key, node in read_.nodes.items()} == {"a": "a", "b": "b"}
    assert read_.id and not read_.edges
    with pytest.raises(NodeIdMismatchError, match="node a calls itself b"):
        NodeGraph.read({"nodes": {"a": {"type": "add", "id": "b"}}})


def test_nothing_at_all_is_an_empty_graph() -> None:
    assert list(NodeGraph.read({"nodes": None, "edges": None}).order) == []


def test_sources_come_before_what_needs_them() -> None:
    made = read("abcd", ("c", "a"), ("d", "c"), ("d", "b"))
    order = list(made.order)
    assert sorted(order) == ["a", "b", "c", "d"]
    assert order.index("d") < order.index("c") < order.index("a")
    assert order.index("d") < order.index("b")


def test_nodes_without_edges_keep_their_order() -> None:
    assert list(read("dacb").order) == ["d", "a", "c", "b"]


@pytest.mark.parametrize(
    "edges",
    [
        [("a", "a")],
        [("a", "b"), ("b", "a")],
        [("d", "a"), ("a", "b"), ("b", "c"), ("c", "a")],
        [("a", "b"), ("c", "d"), ("d", "c")],
    ],
)
def test_a_cycle_is_refused(edges: list[tuple[str, str]]) -> None:
    with pytest.raises(CyclicalGraphError, match="cycle through node"):
        _ = read("abcd", *edges).order


def test_a_diamond_and_twin_edges_are_no_cycle() -> None:
    order = list(read("abcd", ("a", "b"), ("a", "c"), ("b", "d"), ("c", "d"), ("b", "d")).order)
    assert (order[0], order[-1], len(order)) == ("a", "d", 4)


def test_a_chain_of_thousands_needs_no_recursion() -> None:
    names = [f"n{number}" for number in range(5000)]
    nodes: dict[str, Any] = {name: {"type": "add"} for name in names}
    edges = [
        GraphEdge(source=b, source_field="value", target=a, target_field="a") for a, b in pairwise(names)
    ]
    assert list(NodeGraph(id="g", nodes=nodes, edges=edges).order) == names[::-1]


def test_edges_are_kept_by_the_node_where_they_end() -> None:
    made = read("abc", ("a", "c"), ("b", "c"))
    assert [edge.source for edge in made.incoming["c"]] == ["a", "b"]
    assert str(made.edges[0]) == "a.value -> c.a"
    assert made.incoming.get("a") is None


def test_what_is_written_reads_as_the_same_graph() -> None:
    made = read("ab", ("a", "b"))
    again = NodeGraph.read(made.as_json())
    assert (again.id, again.nodes, again.edges) == (made.id, made.nodes, made.edges)
