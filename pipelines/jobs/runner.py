"""Bring waiting jobs to engines, and see each to its end whatever happens to the engine."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Collection, Coroutine, Sequence
from typing import Any

from pipelines.contract.control import Action
from pipelines.contract.errors import EngineLost
from pipelines.contract.failure import CANCELLED, Failure
from pipelines.contract.progress import Progress
from pipelines.hosts.bounds import JobBounds
from pipelines.hosts.engine_spec import EngineSpec
from pipelines.hosts.supervisor import Supervisor
from pipelines.jobs import records
from pipelines.jobs.background import Background
from pipelines.jobs.endings import Endings
from pipelines.jobs.events import Events, Happening
from pipelines.jobs.flags import kept_flags
from pipelines.jobs.live import LiveJob
from pipelines.jobs.placement import take_next
from pipelines.jobs.queue import JobQueue, Waiting
from pipelines.jobs.states import JobState
from pipelines.jobs.store_thread import StoreThread
from pipelines.jobs.watchdog import Watchdog

log = logging.getLogger(__name__)


class Runner:
    """Holds the queue and the engines, and passes what happens to jobs on to ``events``."""

    def __init__(
        self,
        stores: StoreThread,
        specs: Sequence[EngineSpec],
        *,
        owner: str,
        bounds: JobBounds,
        events: Events,
    ) -> None:
        self.queue = JobQueue()
        self.live: dict[str, LiveJob] = {}
        self.engines = [Supervisor(number, spec, self) for number, spec in enumerate(specs)]
        self._stores = stores
        self._owner = owner
        self._bounds = bounds
        self._events = events
        self.endings = Endings(stores, self.live, self._tell)
        self._stopping = False
        self._tasks = Background()
        self._watchdog = Watchdog(bounds, lambda job: self.ask(job, Action.CANCEL))
        self._watching: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Start the engines; returns at once."""
        for engine in self.engines:
            engine.start()
        self._watching = asyncio.create_task(self._watch())

    def enqueue(self, job: LiveJob, *, first: bool = False) -> None:
        """Let a job wait for its turn; ``first`` for one that had it already."""
        record = job.record
        waiting = Waiting(
            id=job.id,
            sequence=record.sequence,
            priority=record.priority,
            client=record.client,
            checkpoint=record.checkpoint,
            batch_group=record.batch_group,
            engine=job.pinned,
        )
        self.queue.push(waiting, first=first)
        self._tell(Happening.QUEUED, job)
        self.dispatch()

    def dispatch(self) -> None:
        """Give jobs to engines that are free."""
        while not self._stopping and (taken := take_next(self.queue, self.engines)) is not None:
            waiting, engine = taken
            job = self.live[waiting.id]
            engine.take(waiting.id, checkpoint=waiting.checkpoint, batch_group=waiting.batch_group)
            job.engine = engine
            self._spawn(self._begin(job, engine, engine.life), job)

    def ask(self, job: LiveJob, action: Action) -> None:
        """Pass an action on to a job that runs."""
        job.asked.add(action)
        if action is Action.CANCEL and not job.watch.told:
            job.watch.told = time.monotonic()
        if job.engine is not None:
            job.engine.control(job.id, action)

    async def cancel(self, job: LiveJob) -> None:
        """End a waiting job now, a running one at its next step."""
        async with job.lock:
            if self.queue.remove(job.id):
                await self.endings.fail(job, CANCELLED)
            elif not job.outcome.done():
                self.ask(job, Action.CANCEL)

    async def stop(self, grace: float) -> None:
        """Let running jobs finish for ``grace`` seconds, hand back the rest, end the engines."""
        self._stopping = True
        if self._watching is not None:
            self._watching.cancel()
        running = [job.outcome for job in self.live.values() if job.engine is not None]
        if running and grace > 0:
            await asyncio.wait(running, timeout=grace)
        await asyncio.gather(*(self.endings.hand_back(job) for job in list(self.live.values())))
        await asyncio.gather(*(engine.close() for engine in self.engines))
        await self._tasks.wait()

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(self._watchdog.pause)
            self._watchdog.look(list(self.live.values()), time.monotonic())

    def engine_ready(self, engine: Supervisor) -> None:
        """Give waiting jobs to an engine that has started."""
        place = f" on node {engine.node}" if engine.node else ""
        log.info("engine %d is ready (process %d%s)", engine.number, engine.pid or 0, place)
        self.dispatch()

    def engine_broken(self, engine: Supervisor, failure: Failure) -> None:
        """Note that an engine failed to start; once none can, the jobs that wait fail."""
        log.error("engine %d can't start: %s", engine.number, failure.message)
        lost = Failure(kind=EngineLost.__name__, message=f"no engine could be started: {failure.message}")
        broken = {other.number for other in self.engines if self._is_broken(other)}
        hopeless = len(broken) == len(self.engines)
        while waiting := self.queue.pop(lambda job: hopeless or job.engine in broken):
            self._spawn(self._fail(self.live[waiting.id], lost), self.live[waiting.id])

    def _is_broken(self, engine: Supervisor) -> bool:
        return not engine.ready and engine.failures >= self._bounds.start_failures

    def engine_lost(self, engine: Supervisor, job_ids: Collection[str], reason: str) -> None:
        """Run the jobs of an engine that died once more, or give them up."""
        for job in filter(None, map(self.live.get, job_ids)):
            blamed = engine.culprit in ("", job.id)
            self._spawn(self._lose(job, reason, blamed=blamed), job)

    def job_advanced(self, job_id: str, progress: Progress) -> None:
        """Note the progress of a job."""
        job = self.live.get(job_id)
        if job is not None:
            job.watch.moved = time.monotonic()
            job.progress = kept_flags(progress.with_preview_of(job.progress), job.progress)
            self._tell(Happening.ADVANCED, job)

    def job_finished(self, engine: Supervisor, job_id: str, result: bytes) -> None:
        """End a job with its result."""
        job = self.live.get(job_id)
        if job is not None:
            self._spawn(self.endings.finish(job, result), job)
        self.dispatch()

    def job_failed(self, engine: Supervisor, job_id: str, failure: Failure) -> None:
        """End a job with an error."""
        job = self.live.get(job_id)
        if job is not None:
            self._spawn(self._fail(job, failure), job)
        self.dispatch()

    async def _begin(self, job: LiveJob, engine: Supervisor, life: int) -> None:
        """Claim a job and send it; if its engine has died meanwhile, ``_lose`` follows."""
        async with job.lock:
            try:
                request = await self._stores.call(job.store.request, job.id)
                now = time.time()
                await self._stores.change(job, records.claim(self._owner, now, self._bounds.lease))
            except BaseException:
                engine.jobs.discard(job.id)
                raise
            job.progress = Progress(started_at=now)
            job.watch.started = job.watch.moved = time.monotonic()
            if engine.run(job.id, request, life=life):
                for action in job.asked:
                    engine.control(job.id, action)
            self._tell(Happening.STARTED, job)

    async def _lose(self, job: LiveJob, reason: str, *, blamed: bool) -> None:
        """Run a job once more, unless that was tried or a client gave it up.

        An engine that was ended because of another job counts nothing against this one (``blamed``).
        """
        async with job.lock:
            if job.outcome.done():
                return
            job.engine = None
            job.watch.started = 0.0
            if job.record.state is JobState.RUNNING and not self._worth_another(job, blamed=blamed):
                await self.endings.give_up(job, reason)
                return
            if job.record.state is JobState.RUNNING:
                await self._stores.change(job, records.release(lost=blamed))
        if not self._stopping:
            log.warning("job %s runs again: its engine died: %s", job.id, reason)
            self.enqueue(job, first=True)

    def _worth_another(self, job: LiveJob, *, blamed: bool) -> bool:
        record, bounds = job.record, self._bounds
        tried = record.losses + blamed >= bounds.losses or record.attempts >= bounds.attempts
        return not tried and Action.CANCEL not in job.asked

    async def _fail(self, job: LiveJob, failure: Failure) -> None:
        async with job.lock:
            await self.endings.fail(job, failure)

    def _tell(self, what: Happening, job: LiveJob) -> None:
        self._events.tell(what, job.view(self.queue.position(job.id)))

    def _spawn(self, work: Coroutine[Any, Any, None], job: LiveJob) -> None:
        self._tasks.spawn(self._guard(work, job))

    async def _guard(self, work: Coroutine[Any, Any, None], job: LiveJob) -> None:
        """Do the work; a job that meets a fault of store or server fails, so that its clients don't wait."""
        try:
            await work
        except Exception as error:
            log.exception("job %s met a fault of the server", job.id)
            await self._fail(job, Failure.of(error))
        self.dispatch()
