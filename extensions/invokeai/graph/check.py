"""Checks of a graph: its types of nodes, its edges, its iterations. The first fault is raised."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from extensions.invokeai.graph.errors import (
    InvalidEdgeError,
    NodeFieldNotFoundError,
    NodeNotFoundError,
    UnknownNodeTypeError,
)
from extensions.invokeai.graph.graph import COLLECT, ITERATE, GraphEdge, NodeGraph
from extensions.invokeai.graph.node_kind import NodeKind
from extensions.invokeai.graph.types import ANY, Kinds, element_kinds, fits, said

MANY_ITEMS = ("item", "collection")
"""Inputs of a collector, which take any number of edges."""


def check_graph(graph: NodeGraph, kinds: Mapping[str, NodeKind]) -> None:
    """Raise one of the errors of ``graph.errors``, all ValueErrors, for a graph that can't run."""
    for node_id, node in graph.nodes.items():
        if str(node.get("type")) not in kinds:
            raise UnknownNodeTypeError(f"node {node_id}: no node is of type {node.get('type')!r}")
    seen: set[tuple[str, str]] = set()
    for edge in graph.edges:
        _check_ends(edge, graph, kinds)
        _check_single(edge, graph, seen)
    _ = graph.order
    checker = _Types(graph, kinds)
    for edge in graph.edges:
        checker.check(edge)
    for node_id, node in graph.nodes.items():
        if node["type"] == ITERATE:
            _check_iterator(node_id, graph)


def _check_ends(edge: GraphEdge, graph: NodeGraph, kinds: Mapping[str, NodeKind]) -> None:
    for node_id in (edge.source, edge.target):
        if node_id not in graph.nodes:
            raise NodeNotFoundError(f"edge {edge}: there is no node {node_id}")
    source, target = (kinds[graph.nodes[end]["type"]] for end in (edge.source, edge.target))
    if edge.source_field not in source.outputs:
        raise NodeFieldNotFoundError(f"edge {edge}: {source.name} has no output {edge.source_field}")
    if edge.target_field not in target.inputs:
        raise NodeFieldNotFoundError(f"edge {edge}: {target.name} has no input {edge.target_field}")
    if edge.target_field in target.direct:
        raise InvalidEdgeError(f"edge {edge}: {edge.target_field} of {target.name} takes no edge")


def _check_single(edge: GraphEdge, graph: NodeGraph, seen: set[tuple[str, str]]) -> None:
    end = (edge.target, edge.target_field)
    gathers = graph.nodes[edge.target]["type"] == COLLECT and edge.target_field in MANY_ITEMS
    if end in seen and not gathers:
        raise InvalidEdgeError(f"edge {edge}: another edge ends there already")
    seen.add(end)


def _check_iterator(node_id: str, graph: NodeGraph) -> None:
    edges = [edge for edge in graph.incoming.get(node_id, ()) if edge.target_field == "collection"]
    if len(edges) != 1:
        raise InvalidEdgeError(f"iterator {node_id} needs exactly one edge to its collection")


class _Types:
    """The kinds that edges carry; iterators and collectors carry what goes into them."""

    def __init__(self, graph: NodeGraph, kinds: Mapping[str, NodeKind]) -> None:
        self._graph = graph
        self._kinds = kinds
        self._carried: dict[tuple[str, str], Kinds] = {}
        for node_id in graph.order:
            self._note(node_id)

    def _note(self, node_id: str) -> None:
        kind = self._kinds[self._graph.nodes[node_id]["type"]]
        for field, kinds in kind.outputs.items():
            self._carried[node_id, field] = kinds
        incoming = self._graph.incoming.get(node_id, ())
        if kind.name == ITERATE:
            given = [self.carried(edge) for edge in incoming if edge.target_field == "collection"]
            self._carried[node_id, "item"] = (element_kinds(given[0]) if given else None) or frozenset({ANY})
        if kind.name == COLLECT:
            self._carried[node_id, "collection"] = self._gathered(incoming)

    def _gathered(self, edges: Sequence[GraphEdge]) -> Kinds:
        items = [self.carried(edge) for edge in edges if edge.target_field == "item"]
        lists = [element_kinds(self.carried(edge)) for edge in edges if edge.target_field == "collection"]
        held = [kinds for kinds in (*items, *lists) if kinds]
        names = "|".join(sorted(held[0])) if held else ANY
        return frozenset({f"list[{names}]"})

    def carried(self, edge: GraphEdge) -> Kinds:
        """The kinds that an edge carries."""
        return self._carried.get((edge.source, edge.source_field), frozenset({ANY}))

    def check(self, edge: GraphEdge) -> None:
        """Raise InvalidEdgeError for an edge that carries what its end doesn't take."""
        source = self.carried(edge)
        target_kind = self._kinds[self._graph.nodes[edge.target]["type"]]
        if target_kind.name == ITERATE and edge.target_field == "collection":
            if element_kinds(source) is None and ANY not in source:
                raise InvalidEdgeError(f"edge {edge}: an iterator needs a list, not {said(source)}")
            return
        if target_kind.name == COLLECT and edge.target_field == "item":
            self._check_item(edge, source)
            return
        target = target_kind.inputs[edge.target_field]
        if not fits(source, target):
            raise InvalidEdgeError(f"edge {edge}: {said(source)} does not fit {said(target)}")

    def _check_item(self, edge: GraphEdge, source: Kinds) -> None:
        first = next(e for e in self._graph.incoming[edge.target] if e.target_field == edge.target_field)
        other = self.carried(first)
        if not (fits(source, other) or fits(other, source)):
            raise InvalidEdgeError(
                f"edge {edge}: a collector takes items of one type, not {said(source)} beside {said(other)}"
            )
