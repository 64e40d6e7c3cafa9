"""Follow the jobs of graphs: items change with them, and clients get events."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import Any, Protocol

from anyio.to_thread import run_sync

from extensions.invokeai.service.items import COMMON, batch_status, queue_status
from extensions.invokeai.service.sockets import SocketHub
from extensions.invokeai.store.events import SessionEvent
from extensions.invokeai.store.items import ACTIVE, CANCELED, DONE, FAILED, ItemFilter
from extensions.invokeai.store.store import InvokeStore
from pipelines.plugin import Happening, JobEvent, JobState, JobView, NotFound

log = logging.getLogger("invokeai")
KIND = "graph"
TICK = 0.1
"""Seconds between two looks at the engines' table of events while a graph runs."""
STATUS = {JobState.DONE: DONE, JobState.FAILED: FAILED, JobState.CANCELLED: CANCELED}


class JobsOfServer(Protocol):
    """The part of the server's queue that is needed here."""

    async def find(self, job_id: str) -> JobView: ...


class Follower:
    """Takes in job events in their order, and empties the table that engines write to."""

    def __init__(self, jobs: JobsOfServer, store: InvokeStore, sockets: SocketHub) -> None:
        self._jobs = jobs
        self._store = store
        self._sockets = sockets
        self._inbox: asyncio.Queue[JobEvent] = asyncio.Queue()
        self._facts: dict[int, Mapping[str, Any]] = {}
        self._running: set[str] = set()

    def listen(self, event: JobEvent) -> None:
        """Take an event of the server's queue."""
        if event.job.kind == KIND:
            self._inbox.put_nowait(event)

    async def run(self) -> None:
        """Until this is cancelled."""
        while True:
            await self._step()

    async def _step(self) -> None:
        try:
            async with asyncio.timeout(TICK if self._running else None):
                event = await self._inbox.get()
        except TimeoutError:
            await self.pass_on()
            return
        try:
            await self.take(event)
        except Exception:
            log.exception("an event of job %s was lost", event.job.id)

    async def take(self, event: JobEvent) -> None:
        """Change the item of a job, and send its status."""
        item_id = await run_sync(self._store.items.of_job, event.job.id)
        if item_id is None:
            return
        if event.what is Happening.STARTED:
            self._running.add(event.job.id)
            await run_sync(self._store.items.start, item_id)
            await self.tell_status(item_id)
        elif event.what is Happening.ADVANCED:
            await self.pass_on()
        elif event.what in (Happening.ENDED, Happening.LEFT):
            self._running.discard(event.job.id)
            await self.pass_on()
            if event.job.state in STATUS:
                await self.ended(item_id, STATUS[event.job.state], **_error_of(event.job))

    async def ended(self, item_id: int, status: str, **error: str | None) -> None:
        """Note that an item is over, unless it was before, and send its status."""
        if await run_sync(lambda: self._store.items.end(item_id, status, **error)):
            await self.tell_status(item_id)
            self._facts.pop(item_id, None)

    async def recover(self) -> None:
        """Bring items that an earlier server left to the states of their jobs."""
        for item in await run_sync(lambda: self._store.items.list(ItemFilter(statuses=ACTIVE))):
            try:
                view = await self._jobs.find(item["job_id"])
            except NotFound:
                text = "the job of this item is no longer kept"
                await self.ended(item["item_id"], FAILED, error_type="EngineLost", error_message=text)
                continue
            if view.state in STATUS:
                await self.ended(item["item_id"], STATUS[view.state], **_error_of(view))
            elif view.active:
                self._running.add(item["job_id"])

    async def pass_on(self) -> None:
        """Send the events that engines have written down."""
        while events := await run_sync(self._store.events.take):
            for event in events:
                await self._pass_on(event)

    async def _pass_on(self, event: SessionEvent) -> None:
        facts = await self._facts_of(event.item_id)
        if facts is not None:
            told = {**{key: facts[key] for key in COMMON}, **event.data}
            queue_id, client = facts["queue_id"], facts["client"]
            await self._sockets.tell(event.name, told, queue_id=queue_id, client=client)

    async def tell_status(self, item_id: int) -> None:
        """Send an item's status to clients, if any are connected."""
        if not self._sockets.heard:
            return
        item = await run_sync(self._store.items.get, item_id)
        if item is None:
            return
        items, queue_id = self._store.items, item["queue_id"]
        keys = (
            "status", "error_type", "error_message", "error_traceback", "created_at", "updated_at",
            "started_at", "completed_at",
        )  # fmt: skip
        told = {
            **{key: item[key] for key in (*COMMON, *keys)},
            "batch_status": await run_sync(batch_status, items, queue_id, item["batch_id"], None),
            "queue_status": await run_sync(queue_status, items, queue_id, None),
            "credits": None,
        }
        name = "queue_item_status_changed"
        await self._sockets.tell(name, told, queue_id=queue_id, client=item["client"])

    async def _facts_of(self, item_id: int) -> Mapping[str, Any] | None:
        if item_id not in self._facts:
            item = await run_sync(self._store.items.get, item_id)
            if item is None:
                return None
            self._facts[item_id] = {key: item[key] for key in (*COMMON, "queue_id", "client")}
        return self._facts[item_id]


def _error_of(view: JobView) -> dict[str, str | None]:
    if view.failure is None or view.state is not JobState.FAILED:
        return {}
    return {
        "error_type": view.failure.kind,
        "error_message": view.failure.message,
        "error_traceback": view.failure.message,
    }
