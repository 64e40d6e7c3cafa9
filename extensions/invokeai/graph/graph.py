"""A graph as clients send it: nodes by id, and edges from outputs to inputs."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

from extensions.invokeai.graph.errors import CyclicalGraphError, NodeIdMismatchError

ITERATE, COLLECT = "iterate", "collect"


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphEdge:
    """From a field of one node's output to an input of another."""

    source: str
    source_field: str
    target: str
    target_field: str

    def __str__(self) -> str:
        return f"{self.source}.{self.source_field} -> {self.target}.{self.target_field}"

    def as_json(self) -> dict[str, Any]:
        """As clients know it."""
        return {
            "source": {"node_id": self.source, "field": self.source_field},
            "destination": {"node_id": self.target, "field": self.target_field},
        }


@dataclass(frozen=True, kw_only=True)
class NodeGraph:
    """``nodes``: each node's own JSON, by its id."""

    id: str
    nodes: Mapping[str, Mapping[str, Any]]
    edges: Sequence[GraphEdge]

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Self:
        """From JSON of the right form (see the schema of batches). Raises NodeIdMismatchError."""
        nodes: dict[str, Mapping[str, Any]] = {}
        for key, node in (data.get("nodes") or {}).items():
            own = str(node.get("id") or key)
            if own != key:
                raise NodeIdMismatchError(f"node {key} calls itself {own}")
            nodes[key] = {**node, "id": key}
        edges = [
            GraphEdge(
                source=str(edge["source"]["node_id"]),
                source_field=str(edge["source"]["field"]),
                target=str(edge["destination"]["node_id"]),
                target_field=str(edge["destination"]["field"]),
            )
            for edge in data.get("edges") or ()
        ]
        return cls(id=str(data.get("id") or uuid.uuid4()), nodes=nodes, edges=edges)

    @cached_property
    def incoming(self) -> Mapping[str, Sequence[GraphEdge]]:
        """The edges that end at each node."""
        found: dict[str, list[GraphEdge]] = defaultdict(list)
        for edge in self.edges:
            found[edge.target].append(edge)
        return found

    @cached_property
    def order(self) -> Sequence[str]:
        """All ids, sources before those that need them. Raises CyclicalGraphError."""
        done: dict[str, bool] = {}
        order: list[str] = []
        for start in self.nodes:
            stack = [(start, False)]
            while stack:
                node, left = stack.pop()
                if left:
                    done[node] = True
                    order.append(node)
                elif node not in done:
                    done[node] = False
                    stack.append((node, True))
                    stack += [(edge.source, False) for edge in reversed(self.incoming.get(node, ()))]
                elif not done[node] and self._on_path(node, stack):
                    raise CyclicalGraphError(f"the graph has a cycle through node {node}")
        return order

    @staticmethod
    def _on_path(node: str, stack: list[tuple[str, bool]]) -> bool:
        return (node, True) in stack

    def as_json(self) -> dict[str, Any]:
        """As clients know it."""
        return {
            "id": self.id,
            "nodes": {key: dict(node) for key, node in self.nodes.items()},
            "edges": [edge.as_json() for edge in self.edges],
        }
