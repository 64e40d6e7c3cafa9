"""Graphs that can't run are refused, and the message says where."""

from __future__ import annotations

from typing import Any

import pytest

from extensions.invokeai.graph.check import check_graph
from extensions.invokeai.graph.errors import (
    CyclicalGraphError,
    InvalidEdgeError,
    NodeFieldNotFoundError,
    NodeIdMismatchError,
    NodeNotFoundError,
    UnknownNodeTypeError,
)
from extensions.invokeai.graph.graph import NodeGraph
from extensions.invokeai.service.nodes import KnownNodes
from tests.extensions.invokeai.graphs import drawing, graph

ADD: dict[str, Any] = {"type": "add"}
NODES: dict[str, dict[str, Any]] = {
    "a": ADD,
    "b": ADD,
    "text": {"type": "string"},
    "range": {"type": "range_of_size"},
    "each": {"type": "iterate"},
    "all": {"type": "collect"},
    "blank": {"type": "blank_image"},
}
KINDS = KnownNodes().core


def check(what: dict[str, Any]) -> None:
    check_graph(NodeGraph.read(what), KINDS)


def test_the_graph_of_every_client_is_sound() -> None:
    check(drawing())


@pytest.mark.parametrize(
    ("edges", "kind", "text"),
    [
        ([("nobody.value", "a.a")], NodeNotFoundError, "there is no node nobody"),
        ([("a.item", "b.a")], NodeFieldNotFoundError, "add has no output item"),
        ([("a.value", "b.c")], NodeFieldNotFoundError, "add has no input c"),
        ([("a.value", "b.a"), ("b.value", "a.a")], CyclicalGraphError, "cycle"),
        ([("text.value", "a.a")], InvalidEdgeError, "str does not fit int"),
        ([("a.value", "b.a"), ("range.collection", "b.a")], InvalidEdgeError, "another edge"),
        ([("a.value", "blank.board")], InvalidEdgeError, "takes no edge"),
        ([("a.value", "each.collection")], InvalidEdgeError, "needs a list"),
        (
            [("range.collection", "each.collection"), ("each.item", "blank.color")],
            InvalidEdgeError,
            "int does not fit ColorField",
        ),
        (
            [("range.collection", "each.collection"), ("a.value", "all.item"), ("blank.image", "all.item")],
            InvalidEdgeError,
            "items of one type",
        ),
    ],
)
def test_unsound_graphs(edges: list[tuple[str, str]], kind: type[Exception], text: str) -> None:
    with pytest.raises(kind, match=text):
        check(graph(NODES, *edges))


def test_iterators_need_their_list() -> None:
    with pytest.raises(InvalidEdgeError, match="exactly one edge"):
        check(graph({"each": {"type": "iterate"}}))


def test_nodes_are_known_and_called_what_they_are_called() -> None:
    with pytest.raises(UnknownNodeTypeError, match="no node is of type 'magic'"):
        check(graph({"x": {"type": "magic"}}))
    with pytest.raises(NodeIdMismatchError):
        check(graph({"x": {**ADD, "id": "y"}}))
