"""Import packs before the first graph needs them, and report their nodes to the server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from extensions.invokeai.graph.node_kind import NodeKind
from extensions.invokeai.invocation.base import CORE
from extensions.invokeai.invocation.registry import InvocationRegistry
from extensions.invokeai.kinds import LoadNodesRequest, LoadNodesResult
from extensions.invokeai.running.parts import engine_nodes
from pipelines.plugin import Work, pause

if TYPE_CHECKING:
    from pipelines.plugin import WorkContext


def load_nodes(request: LoadNodesRequest, context: WorkContext) -> Work[LoadNodesResult]:
    """The nodes of packs as data."""
    yield from pause()
    packs = engine_nodes(context.services).packs
    nodes = [node for node in InvocationRegistry.get_invocation_classes() if node.UIConfig.node_pack != CORE]
    return LoadNodesResult(
        nodes=tuple(NodeKind.of(node).as_json() for node in nodes),
        packs=tuple(packs.loaded),
        failed=dict(packs.failed),
    )
