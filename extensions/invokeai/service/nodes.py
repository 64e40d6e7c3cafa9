"""The types of nodes that the server knows: the core's own, and those of packs, which an engine reports."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from functools import cached_property
from importlib import import_module
from typing import Any

from pydantic import ValidationError

from extensions.invokeai.graph.check import check_graph
from extensions.invokeai.graph.graph import NodeGraph
from extensions.invokeai.graph.node_kind import NodeKind
from extensions.invokeai.invocation.base import CORE
from extensions.invokeai.invocation.registry import InvocationRegistry
from extensions.invokeai.kinds import LoadNodesResult
from extensions.invokeai.nodes.all_nodes import MODULES
from extensions.invokeai.service.batch import BatchBody
from extensions.invokeai.service.schema import nodes_document
from extensions.invokeai.service.values import check_value
from pipelines.plugin import InvalidRequest

log = logging.getLogger("invokeai")


class KnownNodes:
    """Core nodes are classes here; nodes of packs are known by an engine's descriptions of them."""

    def __init__(self) -> None:
        self.packs: Mapping[str, NodeKind] = {}
        self.failed: Mapping[str, str] = {}
        self._document: Mapping[str, Any] | None = None

    @cached_property
    def core(self) -> Mapping[str, NodeKind]:
        """Core nodes by type, described when they are first needed."""
        for module in MODULES:
            import_module(module)
        nodes = InvocationRegistry.get_invocation_classes()
        return {node.get_type(): NodeKind.of(node) for node in nodes if node.UIConfig.node_pack == CORE}

    @property
    def all(self) -> Mapping[str, NodeKind]:
        """All nodes by type; a pack's node takes the place of the core's."""
        return {**self.core, **self.packs}

    @property
    def document(self) -> Mapping[str, Any]:
        """The document of all nodes by ``nodes_document``, made anew once packs are known."""
        if self._document is None:
            self._document = nodes_document(self.all)
        return self._document

    def take(self, result: LoadNodesResult) -> None:
        """Note what an engine has loaded."""
        kinds = [NodeKind.read(node) for node in result.nodes]
        self.packs = {kind.name: kind for kind in kinds}
        self.failed = dict(result.failed)
        self._document = None

    def check(self, graph: NodeGraph) -> None:
        """Raise InvalidRequest, which names node and field, for a graph that can't run."""
        kinds = self.all
        try:
            check_graph(graph, kinds)
        except ValueError as error:
            raise InvalidRequest(f"{error}{self._hint(graph)}", field="batch.graph") from error
        for node_id, node in graph.nodes.items():
            fed = {edge.target_field for edge in graph.incoming.get(node_id, ())}
            given = {name: value for name, value in node.items() if name not in fed}
            self._check_values(node_id, kinds[node["type"]], given)

    def check_data(self, graph: NodeGraph, batch: BatchBody) -> None:
        """Raise InvalidRequest for a value of a batch that its node doesn't take."""
        kinds = self.all
        for datum in (datum for group in batch.data or () for datum in group):
            kind = kinds[graph.nodes[datum.node_path]["type"]]
            if datum.field_name not in kind.schema.get("properties", {}):
                self._refuse(datum.node_path, datum.field_name, f"{kind.name} has no such input")
            for item in datum.items:
                self._check_values(datum.node_path, kind, {datum.field_name: item})

    def _hint(self, graph: NodeGraph) -> str:
        missing = {str(node.get("type")) for node in graph.nodes.values()} - set(self.all)
        if not missing or not self.failed:
            return ""
        packs = "; ".join(f"{name}: {reason}" for name, reason in self.failed.items())
        return f" (node packs that are left out: {packs})"

    def _check_values(self, node_id: str, kind: NodeKind, given: Mapping[str, Any]) -> None:
        if kind.name in self.packs:
            for name, value in given.items():
                problem = check_value(value, kind.schema, name)
                if problem:
                    self._refuse(node_id, name, problem)
            return
        node = InvocationRegistry.get_invocation_for_type(kind.name)
        if node is None:
            return
        known = {name: value for name, value in given.items() if name in node.model_fields}
        try:
            node.model_validate(known)
        except ValidationError as error:
            first = error.errors()[0]
            self._refuse(node_id, ".".join(map(str, first["loc"])), first["msg"])

    @staticmethod
    def _refuse(node_id: str, name: str, problem: str) -> None:
        raise InvalidRequest(
            f"node {node_id}: {name}: {problem}", field=f"batch.graph.nodes.{node_id}.{name}"
        )
