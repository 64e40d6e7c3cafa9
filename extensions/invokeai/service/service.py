"""The queue of graphs: one for each application; its items run as jobs of the server."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from anyio.to_thread import run_sync

from extensions.controlnet.plugin import control_folders
from extensions.invokeai.graph.errors import NodeIdMismatchError
from extensions.invokeai.graph.graph import NodeGraph
from extensions.invokeai.graph.session import empty_session
from extensions.invokeai.kinds import GraphRequest, LoadNodesRequest, LoadNodesResult
from extensions.invokeai.models.catalog import ModelCatalog
from extensions.invokeai.service.batch import (
    BatchBody,
    SessionPlan,
    check_body,
    check_data,
    count_sessions,
    most_sessions,
    plan_sessions,
)
from extensions.invokeai.service.follow import Follower
from extensions.invokeai.service.nodes import KnownNodes
from extensions.invokeai.service.sockets import SocketHub
from extensions.invokeai.store.items import ACTIVE, CANCELED, FAILED, ItemFilter
from extensions.invokeai.store.store import InvokeStore
from pipelines.plugin import Folders, InvalidRequest, NotFound, SdapiError, TooManyJobs
from sdapi.plugin import State, submit

log = logging.getLogger("invokeai")


def job_id_of(session_id: str) -> str:
    """The id of the job that runs a session."""
    return f"graph-{session_id}"


class GraphService:
    """The queue of graphs with its store, its known nodes, its models and its sockets."""

    def __init__(self, state: State) -> None:
        self._state = state
        self.store = InvokeStore(state.config.data)
        self.nodes = KnownNodes()
        self.sockets = SocketHub()
        self.folders = state.config.folders or _usual(state.config.data)
        folders, flags = self.folders, state.config.flags
        self.catalog = ModelCatalog(folders, control_folders(folders.models, folders.data, flags))
        self.follower = Follower(state.services.jobs, self.store, self.sockets)

    async def load_nodes(self) -> None:
        """Let an engine import packs, and note the nodes that it reports."""
        try:
            handle = await self._state.services.jobs.submit(LoadNodesRequest(), job_id="load-nodes")
            result = await handle.result()
        except SdapiError as error:
            log.error("node packs are not known: %s", error.message)
            return
        except Exception:
            log.exception("node packs are not known")
            return
        if isinstance(result, LoadNodesResult):
            self.nodes.take(result)

    async def enqueue(
        self, state: State, queue_id: str, batch: BatchBody, *, prepend: bool
    ) -> dict[str, Any]:
        """Check a batch and queue its sessions. Raises InvalidRequest, TooManyJobs."""
        await run_sync(check_body, batch)
        check_data(batch)
        try:
            graph = NodeGraph.read(batch.graph.model_dump())
        except NodeIdMismatchError as error:
            raise InvalidRequest(str(error), field="batch.graph.nodes") from error
        await run_sync(self.nodes.check, graph)
        await run_sync(self.nodes.check_data, graph, batch)
        requested = count_sessions(batch)
        waiting = await run_sync(self.store.items.counts, ItemFilter(queue_id=queue_id, statuses=ACTIVE))
        priority = await run_sync(self.store.items.highest_priority, queue_id) + 1 if prepend else 0
        plans = plan_sessions(batch, most_sessions(batch, waiting["total"]))
        added = await self._queue(state, queue_id, batch, list(plans), priority)
        facts = {"batch_id": batch.batch_id, "origin": batch.origin}
        counts = {"enqueued": len(added), "requested": requested, "priority": priority}
        told = {**facts, **counts}
        await self.sockets.tell("batch_enqueued", told, queue_id=queue_id, client=state.caller.client)
        return {
            "queue_id": queue_id,
            **counts,
            "batch": {**batch.model_dump(), "graph": graph.as_json()},
            "item_ids": added[::-1],
        }

    async def _queue(
        self, state: State, queue_id: str, batch: BatchBody, plans: Sequence[SessionPlan], priority: int
    ) -> list[int]:
        """Add items and submit their jobs; when the server takes no more, the rest is dropped."""
        added: list[int] = []
        for plan in plans:
            try:
                added.append(await self._queue_one(state, queue_id, batch, plan, priority))
            except TooManyJobs:
                if not added:
                    raise
                break
        return added

    async def _queue_one(
        self,
        state: State,
        queue_id: str,
        batch: BatchBody,
        plan: SessionPlan,
        priority: int,
        retried_from: int | None = None,
    ) -> int:
        session_id = str(uuid.uuid4())
        row = {
            "queue_id": queue_id,
            "batch_id": batch.batch_id,
            "session_id": session_id,
            "priority": priority,
            "origin": batch.origin,
            "destination": batch.destination,
            "job_id": job_id_of(session_id),
            "client": state.caller.client,
            "field_values": list(plan.field_values) or None,
            "workflow": batch.workflow,
            "session": empty_session(NodeGraph.read(plan.graph), session_id),
            "retried_from_item_id": retried_from,
        }
        (item_id,) = await run_sync(self.store.items.add, [row])
        request = GraphRequest(
            graph=plan.graph,
            item_id=item_id,
            session_id=session_id,
            batch_id=batch.batch_id,
            queue_id=queue_id,
            origin=batch.origin,
            destination=batch.destination,
            workflow=batch.workflow,
            client=state.caller.client,
            sees_all=state.caller.sees_all,
        )
        try:
            await submit(state, request, job_id=job_id_of(session_id), ahead=priority)
        except SdapiError:
            await run_sync(self.store.items.delete, [item_id])
            raise
        return item_id

    async def retry(self, state: State, queue_id: str, ids: Sequence[int]) -> list[int]:
        """Queue the caller's failed and cancelled items once more; their numbers."""
        retried: list[int] = []
        for item_id in ids:
            item = await run_sync(self.store.items.get, item_id)
            if item is None or item["queue_id"] != queue_id or item["status"] not in (FAILED, CANCELED):
                continue
            if not state.caller.sees_all and item["client"] != state.caller.client:
                continue
            batch = BatchBody(
                batch_id=item["batch_id"],
                origin=item["origin"],
                destination=item["destination"],
                workflow=item["workflow"],
                graph=item["session"]["graph"],
            )
            plan = SessionPlan(graph=item["session"]["graph"], field_values=item["field_values"] or ())
            await self._queue_one(state, queue_id, batch, plan, item["priority"], item_id)
            retried.append(item_id)
        return retried

    async def cancel(self, items: Sequence[Mapping[str, Any]]) -> int:
        """Cancel the items that have not ended, and count them."""
        count = 0
        for item in items:
            if item["status"] not in ACTIVE:
                continue
            try:
                await self._state.services.jobs.cancel(item["job_id"])
            except NotFound:
                log.warning("item %s had no job any more", item["item_id"])
            await self.follower.ended(item["item_id"], "canceled")
            count += 1
        return count

    async def run(self) -> None:
        """Follow jobs until this is cancelled."""
        leave = self._state.services.jobs.events.subscribe(self.follower.listen)
        tasks: list[asyncio.Task[None]] = []
        try:
            await run_sync(self.store.cache_state.begin)
            await self.follower.recover()
            tasks += [asyncio.ensure_future(work) for work in (self.load_nodes(), self.follower.run())]
            await asyncio.gather(*tasks)
        finally:
            leave()
            for task in tasks:
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task


def _usual(data: Path) -> Folders:
    """A data folder's usual folders, for applications that were given none."""
    models = data / "models"
    return Folders(
        data=data,
        models=models,
        checkpoints=(models / "Stable-diffusion",),
        vaes=(models / "VAE",),
        loras=(models / "Lora",),
        embeddings=(data / "embeddings",),
        hypernetworks=(models / "hypernetworks",),
    )
