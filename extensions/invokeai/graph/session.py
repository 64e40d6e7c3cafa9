"""A graph while it runs: copies of its nodes for every iteration, those that are ready, their outputs."""

from __future__ import annotations

import heapq
import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from extensions.invokeai.graph.graph import COLLECT, ITERATE, GraphEdge, NodeGraph

Path: TypeAlias = tuple[tuple[str, int], ...]
"""Iterators above a copy, outermost first, and the index of each."""


@dataclass(slots=True, kw_only=True, eq=False)
class NodeCopy:
    """A node that is to run once. ``feeds``: its inputs as (field, copy, output field), in edge order."""

    id: str
    source: str
    path: Path
    feeds: list[tuple[str, str, str]] = field(default_factory=list[tuple[str, str, str]])
    open: int = 0
    """Inputs whose nodes have not run."""


class GraphSession:
    """Hands out copies one after the other; an iteration is run to its end before the next, where it can be.

    ``results`` are outputs as JSON, by the ids of copies, in the order in which they ran.
    """

    def __init__(self, graph: NodeGraph, session_id: str) -> None:
        self.id = session_id
        self.graph = graph
        self.copies: dict[str, NodeCopy] = {}
        self.results: dict[str, Mapping[str, Any]] = {}
        self.errors: dict[str, str] = {}
        self.history: list[str] = []
        self._prepared: dict[str, dict[Path, str]] = {}
        self._waiting = list(graph.order)
        self._rank = {node: rank for rank, node in enumerate(graph.order)}
        self._feeds: dict[str, list[str]] = defaultdict(list)
        self._ready: list[tuple[tuple[int, ...], int, str]] = []
        self._prepare()

    def __iter__(self) -> Iterator[NodeCopy]:
        """The copies that are ready, until none is left; each must be completed before the next."""
        while self._ready:
            yield self.copies[heapq.heappop(self._ready)[2]]

    def complete(self, copy: NodeCopy, output: Mapping[str, Any]) -> None:
        """Note a copy's output; copies that waited for it may be ready then."""
        self.results[copy.id] = output
        self.history.append(copy.source)
        for follower in self._feeds.get(copy.id, ()):
            self.copies[follower].open -= 1
            if not self.copies[follower].open:
                self._enqueue(self.copies[follower])
        self._prepare()

    def fail(self, copy: NodeCopy, message: str) -> None:
        """Note the error of a copy."""
        self.errors[copy.id] = message

    def value(self, copy_id: str, name: str) -> Any:
        """A field of a copy's output."""
        return self.results[copy_id].get(name)

    def _prepare(self) -> None:
        """Make copies of all nodes whose iterations are known."""
        left: list[str] = []
        for node in self._waiting:
            if self._known(node):
                self._make(node)
            else:
                left.append(node)
        self._waiting = left

    def _known(self, node: str) -> bool:
        edges = self.graph.incoming.get(node, ())
        if any(edge.source not in self._prepared for edge in edges):
            return False
        if self.graph.nodes[node]["type"] != ITERATE:
            return True
        lists = [edge.source for edge in edges if edge.target_field == "collection"]
        return all(copy in self.results for name in lists for copy in self._prepared[name].values())

    def _make(self, node: str) -> None:
        made = self._prepared[node] = {}
        edges = self.graph.incoming.get(node, ())
        kind = self.graph.nodes[node]["type"]
        if kind == COLLECT:
            made[()] = self._copy(node, (), [(edge, c) for edge in edges for c in self._all(edge.source)])
            return
        for path in self._paths([edge.source for edge in edges]):
            feeds = [(edge, self._at(edge.source, path)) for edge in edges]
            if kind != ITERATE:
                made[path] = self._copy(node, path, feeds)
                continue
            for index in range(self._length(feeds)):
                made[*path, (node, index)] = self._copy(node, (*path, (node, index)), feeds)

    def _length(self, feeds: Sequence[tuple[GraphEdge, str]]) -> int:
        found = [self.value(copy, e.source_field) for e, copy in feeds if e.target_field == "collection"]
        return len(found[0]) if found and isinstance(found[0], list) else 0

    def _all(self, node: str) -> Sequence[str]:
        return list(self._prepared[node].values())

    def _at(self, node: str, path: Path) -> str:
        """The copy of a node in the iteration that ``path`` belongs to."""
        prepared = self._prepared[node]
        if path in prepared:
            return prepared[path]
        scope = {name for name, _ in next(iter(prepared))}
        return prepared[tuple(step for step in path if step[0] in scope)]

    def _paths(self, parents: Sequence[str]) -> list[Path]:
        """Every combination of the parents' iterations; iterators that they share go together."""
        paths: list[Path] = [()]
        for parent in dict.fromkeys(parents):
            paths = _joined(paths, list(self._prepared[parent]))
        order = self._rank
        return [tuple(sorted(path, key=lambda step: order[step[0]])) for path in paths]

    def _copy(self, node: str, path: Path, feeds: Sequence[tuple[GraphEdge, str]]) -> str:
        copy = NodeCopy(id=str(uuid.uuid4()), source=node, path=path)
        self.copies[copy.id] = copy
        for edge, source in feeds:
            copy.feeds.append((edge.target_field, source, edge.source_field))
            if source not in self.results:
                copy.open += 1
                self._feeds[source].append(copy.id)
        if not copy.open:
            self._enqueue(copy)
        return copy.id

    def _enqueue(self, copy: NodeCopy) -> None:
        indices = tuple(index for _, index in copy.path)
        heapq.heappush(self._ready, (indices, self._rank[copy.source], copy.id))

    def as_json(self) -> dict[str, Any]:
        """As clients know it."""
        sources: dict[str, list[str]] = defaultdict(list)
        for copy in self.copies.values():
            sources[copy.source].append(copy.id)
        nodes = {copy.id: {**self.graph.nodes[copy.source], "id": copy.id} for copy in self.copies.values()}
        edges = [
            GraphEdge(source=s, source_field=f, target=copy.id, target_field=name).as_json()
            for copy in self.copies.values()
            for name, s, f in copy.feeds
        ]
        return {
            "id": self.id,
            "graph": self.graph.as_json(),
            "execution_graph": {"id": self.id, "nodes": nodes, "edges": edges},
            "executed": [*self.results, *self.finished_sources()],
            "executed_history": self.history,
            "results": dict(self.results),
            "errors": dict(self.errors),
            "prepared_source_mapping": {copy.id: copy.source for copy in self.copies.values()},
            "source_prepared_mapping": dict(sources),
        }

    def finished_sources(self) -> list[str]:
        """Nodes of the graph of which every copy has run."""
        return [
            node
            for node, copies in self._prepared.items()
            if copies and all(copy in self.results for copy in copies.values())
        ]


def _joined(left: list[Path], right: list[Path]) -> list[Path]:
    """Pairs of paths that agree where they share an iterator, merged."""
    if not left or not right:
        return []
    shared = {name for name, _ in left[0]} & {name for name, _ in right[0]}
    by_key: dict[Path, list[Path]] = defaultdict(list)
    for path in right:
        by_key[_key(path, shared)].append(path)
    return [
        (*path, *(step for step in other if step[0] not in shared))
        for path in left
        for other in by_key.get(_key(path, shared), ())
    ]


def _key(path: Path, names: set[str]) -> Path:
    return tuple(sorted(step for step in path if step[0] in names))


def empty_session(graph: NodeGraph, session_id: str) -> dict[str, Any]:
    """A session that has not begun, as JSON."""
    nothing: dict[str, Any] = {
        "execution_graph": {"id": session_id, "nodes": {}, "edges": []},
        "executed": [],
        "executed_history": [],
        "results": {},
        "errors": {},
        "prepared_source_mapping": {},
        "source_prepared_mapping": {},
    }
    return {"id": session_id, "graph": graph.as_json(), **nothing}
