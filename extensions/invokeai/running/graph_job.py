"""A graph as one job: node after node, each with a pause before it, and events for clients."""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING, Any

from extensions.invokeai.context.errors import CanceledException
from extensions.invokeai.context.handover import as_work
from extensions.invokeai.context.parts import Ask, InvocationServices, SessionQueueItem
from extensions.invokeai.graph.graph import NodeGraph
from extensions.invokeai.graph.session import GraphSession, NodeCopy
from extensions.invokeai.invocation.base import BaseInvocation
from extensions.invokeai.kinds import GraphRequest, GraphResult
from extensions.invokeai.running.node_run import build_node, run_node
from extensions.invokeai.running.parts import EngineNodes, engine_nodes
from extensions.invokeai.store.owner import Owner
from pipelines.plugin import Cancelled, InvalidRequest, Pause, Report, SdapiError, Work

if TYPE_CHECKING:
    from pipelines.plugin import WorkContext


def run_graph(request: GraphRequest, context: WorkContext) -> Work[GraphResult]:
    """Run a graph to its end. Raises InvalidRequest for a node that fails, and Cancelled."""
    context.reporter.job("graph", batches=1)
    return (yield from as_work(lambda ask: _GraphRun(request, context, ask).run()))


class _GraphRun:
    """One session in its thread."""

    def __init__(self, request: GraphRequest, context: WorkContext, ask: Ask) -> None:
        self._nodes: EngineNodes = engine_nodes(context.services)
        self._request = request
        self._ask = ask
        owner = Owner(client=request.client, sees_all=request.sees_all)
        gallery = self._nodes.shared.store.seen_by(owner)
        self._services = InvocationServices(
            shared=self._nodes.shared, work=context, ask=ask, gallery=gallery, client=request.client
        )
        self._session = GraphSession(NodeGraph.read(request.graph), request.session_id)
        self._item = SessionQueueItem(
            item_id=request.item_id,
            batch_id=request.batch_id,
            session_id=request.session_id,
            queue_id=request.queue_id,
            origin=request.origin,
            destination=request.destination,
            workflow=request.workflow,
            graph=request.graph,
        )

    def run(self) -> GraphResult:
        """Run all nodes, and keep the session in its item."""
        error: dict[str, str | None] = {}
        self._nodes.cache.begin_session(self._services.saved)
        try:
            for done, copy in enumerate(self._session):
                self._ask(Pause())
                error = self._run(copy)
                if error:
                    raise InvalidRequest(
                        f"{error['error_type']}: {error['error_message']}", field=f"nodes.{copy.source}"
                    )
                self._ask(Report(step=done + 1, steps=len(self._session.copies)))
        except CanceledException:
            raise Cancelled("the job was cancelled") from None
        finally:
            store = self._nodes.shared.store
            session = {**self._session.as_json(), "warnings": self._warnings}
            store.items.note(self._item.item_id, session, **error)
            self._nodes.cache.end_session(self._services.saved)
        return GraphResult(session_id=self._session.id, warnings=tuple(self._warnings))

    @property
    def _warnings(self) -> list[str]:
        """The warnings of all nodes, each once."""
        return list(dict.fromkeys(self._services.warnings))

    def _run(self, copy: NodeCopy) -> dict[str, str | None]:
        """Run one node; the facts about its error, empty if there is none."""
        facts: dict[str, Any] = {"invocation_source_id": copy.source}
        try:
            node = build_node(self._session, copy)
            facts["invocation"] = _shown(node)
            self._tell("invocation_started", facts)
            result = run_node(node, copy.source, self._services, self._item, self._nodes.cache)
        except (CanceledException, Cancelled):
            raise
        except (Exception, SystemExit) as error:  # a node that exits must not take the engine with it
            return self._failed(copy, error, facts)
        self._session.complete(copy, result)
        self._tell("invocation_complete", {**facts, "result": result})
        return {}

    def _failed(self, copy: NodeCopy, error: BaseException, facts: dict[str, Any]) -> dict[str, str | None]:
        message = error.message if isinstance(error, SdapiError) else str(error)
        told: dict[str, str | None] = {
            "error_type": type(error).__name__,
            "error_message": message,
            "error_traceback": "".join(traceback.format_exception(error)),
        }
        self._session.fail(copy, f"{type(error).__name__}: {message}")
        facts.setdefault("invocation", {**self._session.graph.nodes[copy.source], "id": copy.id})
        self._tell("invocation_error", {**facts, **told})
        self._services.logger.error("node %s failed: %s: %s", copy.source, type(error).__name__, message)
        return told

    def _tell(self, name: str, data: dict[str, Any]) -> None:
        self._nodes.shared.store.events.tell(self._item.item_id, name, data)


def _shown(node: BaseInvocation) -> dict[str, Any]:
    return node.model_dump(mode="json", warnings=False)
