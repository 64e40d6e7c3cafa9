"""The queue and the engines behind it, as the HTTP layer uses them."""

from __future__ import annotations

import asyncio
import logging
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from pipelines.contract.control import Action
from pipelines.contract.errors import NotFound, ShuttingDown, StoreFailed
from pipelines.contract.failure import Failure
from pipelines.contract.kinds import is_upkeep
from pipelines.contract.requests import EngineRequest
from pipelines.hosts.bounds import JobBounds
from pipelines.hosts.engine_spec import EngineSpec
from pipelines.hosts.view import EngineView
from pipelines.jobs import records
from pipelines.jobs.events import Events
from pipelines.jobs.flags import flagged
from pipelines.jobs.history import History
from pipelines.jobs.intake import Intake, Room
from pipelines.jobs.job_log import log_end
from pipelines.jobs.live import Handle, LiveJob, handle_of, view_of
from pipelines.jobs.records import JobRecord
from pipelines.jobs.runner import Runner
from pipelines.jobs.sender import ANYBODY, Sender
from pipelines.jobs.states import ACTIVE, FINAL, JobState
from pipelines.jobs.store import JobStore, Retention
from pipelines.jobs.store_thread import StoreThread
from pipelines.jobs.view import JobView

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServicePolicy:
    """Limits of the queue, what is kept, and when to give up."""

    room: Room = field(default_factory=Room)
    retention: Retention = field(default_factory=Retention)
    bounds: JobBounds = field(default_factory=JobBounds)
    grace: float = 30.0
    """Seconds that running jobs may take to finish when the server stops."""
    finished_ids: int = 1000


class JobService:
    """Accepts requests, keeps them, runs them in order, and hands out their results."""

    def __init__(
        self,
        specs: Sequence[EngineSpec],
        open_store: Callable[[], JobStore],
        policy: ServicePolicy | None = None,
        release: Callable[[], None] = lambda: None,
    ) -> None:
        """``release`` lets go of the place where the engines were, once they have ended; in a thread."""
        self.policy = policy or ServicePolicy()
        self._release = release
        self._owner = uuid.uuid4().hex
        self._stores = StoreThread(open_store)
        self.history = History(self.policy.finished_ids)
        self.events = Events()
        self.events.subscribe(self.history.note)
        self.events.subscribe(log_end)
        self._upkeep: asyncio.Task[None] | None = None
        self._stopped = False
        self.runner = Runner(
            self._stores,
            specs,
            owner=self._owner,
            bounds=self.policy.bounds,
            events=self.events,
        )
        self._intake = Intake(self._stores, self.runner, self.history, self.policy.room)

    async def start(self) -> None:
        """Open the store, take up what an earlier server left, start the engines. Doesn't wait for them."""
        await self._stores.open()
        store = self._stores.durable
        for record in await self._stores.call(store.records, FINAL, self.policy.finished_ids):
            self.history.put(view_of(record))
        for record in await self._stores.call(store.records, ACTIVE):
            await self._recover(record)
        self.runner.start()
        self._upkeep = asyncio.create_task(self._keep_up())

    async def shutdown(self, grace: float | None = None) -> None:
        """Finish what runs within ``grace`` seconds, leave the rest to the next server."""
        if self._stopped:
            return
        self._stopped = True
        if self._upkeep is not None:
            self._upkeep.cancel()
            with suppress(asyncio.CancelledError):
                await self._upkeep
        await self.runner.stop(self.policy.grace if grace is None else grace)
        try:
            await self.runner.endings.write_late()
        except StoreFailed as error:
            log.error(
                "jobs %s run again after the next start: %s",
                list(self.runner.endings.unwritten),
                error.message,
            )
        await self._stores.close()
        await asyncio.to_thread(self._release)

    def kill(self) -> None:
        """End the engines' processes at once, for a server that ends without waiting for jobs."""
        for engine in self.runner.engines:
            engine.kill()

    async def submit(
        self,
        request: EngineRequest,
        *,
        job_id: str = "",
        sender: Sender = ANYBODY,
    ) -> Handle:
        """Accept a request; when this returns, it is stored.

        An id that was used before for the same request (the same fingerprint) is the same job, unless
        that failed or was cancelled. For another request, the id of a job that ended is used anew, and that
        of one that has not is made unique. Raises TooManyJobs, InvalidRequest, StoreFailed, ShuttingDown.
        """
        if self._stopped:
            raise ShuttingDown("the server stops")
        return await self._intake.submit(request, job_id, sender)

    def progress(self, job_id: str | None = None) -> JobView | None:
        """The named job, or without a name the one that runs, else the one that ran last."""
        live = self.runner.live
        if job_id is None:
            running = [job for job in live.values() if job.engine is not None]
            job = (
                min(running, key=lambda job: job.record.sequence) if running else live.get(self.history.last)
            )
            return job.view() if job else self.history.get(self.history.last)
        if job_id in live:
            return live[job_id].view(self.runner.queue.position(job_id))
        return self.history.get(job_id)

    async def find(self, job_id: str) -> JobView:
        """A job of any age that is still kept. Raises NotFound."""
        view = self.progress(job_id)
        if view is not None:
            return view
        record = await self._stores.call(self._stores.durable.get, job_id)
        if record is None:
            raise NotFound(f"there is no job {job_id}", field="job_id")
        return view_of(record)

    async def handle(self, job_id: str) -> Handle:
        """A handle on a job that was submitted before. Raises NotFound."""
        if job_id in self.runner.live:
            return handle_of(self.runner.live[job_id])
        await self.find(job_id)
        return Handle(job_id, lambda: self._intake.stored_outcome(job_id))

    def interrupt(self, job_id: str | None = None) -> None:
        """End the running job (or all that run) early and keep what it has; nothing happens when idle."""
        self._ask(job_id, Action.INTERRUPT)

    def skip(self, job_id: str | None = None) -> None:
        """End the running batch early."""
        self._ask(job_id, Action.SKIP)

    async def cancel(self, job_id: str) -> bool:
        """Give up exactly this job; False if it has ended. Raises NotFound."""
        job = self.runner.live.get(job_id)
        if job is None:
            await self.find(job_id)
            return False
        await self.runner.cancel(job)
        return True

    async def forget(self, job_id: str) -> bool:
        """Forget a job that has ended, with its result; False for any other. Raises StoreFailed."""
        if job_id in self.runner.live or not await self._stores.call(self._stores.durable.forget, job_id):
            return False
        self.history.forget(job_id)
        return True

    def pending(self) -> Sequence[str]:
        """Ids that wait, in queue order."""
        live = self.runner.live
        return [job.id for job in self.runner.queue if not is_upkeep(live[job.id].record.kind)]

    def running(self) -> Sequence[str]:
        """Ids that run, in the order of arrival."""
        found = [
            job
            for job in self.runner.live.values()
            if job.engine is not None and not is_upkeep(job.record.kind)
        ]
        return [job.id for job in sorted(found, key=lambda job: job.record.sequence)]

    def finished(self) -> Sequence[str]:
        """The last ids that ended, newest last."""
        return self.history.ids()

    def jobs(self) -> Sequence[JobView]:
        """Running jobs, waiting jobs in queue order, then those that ended, newest first."""
        active = [self.progress(job_id) for job_id in (*self.running(), *self.pending())]
        return [view for view in active if view is not None] + self.history.newest_first()

    async def memory(self) -> Mapping[str, Any]:
        """Return the memory of an engine's device at its last heartbeat; ``{"error": text}`` without any."""
        for engine in self.runner.engines:
            if engine.heartbeat is not None and engine.heartbeat.device:
                return engine.heartbeat.device
        return {"error": "no engine has reported its memory"}

    def engines(self) -> Sequence[EngineView]:
        """Return a view of every engine."""
        return [engine.view() for engine in self.runner.engines]

    def ready(self) -> bool:
        """True if an engine takes jobs."""
        return any(engine.ready for engine in self.runner.engines)

    async def _recover(self, record: JobRecord) -> None:
        """Put a job of an earlier server back in the queue, unless it was started too often."""
        size = await self._stores.call(self._stores.durable.request_size, record.id)
        job = LiveJob(record=record, store=self._stores.durable, size=size)
        if record.state is JobState.RUNNING and record.attempts >= self.policy.bounds.attempts:
            text = f"the server died {record.attempts} times while it ran this job"
            failure = Failure(kind="EngineLost", message=text)
            await self._stores.change(job, records.fail(failure, time.time()))
            self.history.put(view_of(job.record))
            return
        if record.state is JobState.RUNNING:
            await self._stores.change(job, records.release(lost=False))
        self.runner.live[record.id] = job
        self.runner.enqueue(job)

    def _ask(self, job_id: str | None, action: Action) -> None:
        wanted = self.running() if job_id is None else [job_id]
        for job in filter(None, map(self.runner.live.get, wanted)):
            if job.engine is not None:
                job.progress = flagged(job.progress, action)
                self.runner.ask(job, action)

    async def _keep_up(self) -> None:
        """Renew leases and forget what is beyond retention, a few times a minute."""
        while True:
            try:
                store, now = self._stores.durable, time.time()
                await self.runner.endings.write_late()
                await self._stores.call(store.renew, self._owner, now + self.policy.bounds.lease)
                await self._stores.call(store.trim, self.policy.retention, now)
            except StoreFailed as error:
                log.error("%s", error.message)
            await asyncio.sleep(self.policy.bounds.lease / 3)
