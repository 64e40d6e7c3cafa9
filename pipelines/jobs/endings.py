"""The end of a job: written to the store first, then reported to those who wait for it."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from pipelines.contract.control import Action
from pipelines.contract.errors import Cancelled, EngineLost, ShuttingDown, StoreFailed
from pipelines.contract.failure import CANCELLED, Failure
from pipelines.jobs import records
from pipelines.jobs.events import Happening
from pipelines.jobs.live import LiveJob, Outcome
from pipelines.jobs.records import Transition
from pipelines.jobs.states import JobState
from pipelines.jobs.store_thread import StoreThread

log = logging.getLogger(__name__)


class Endings:
    """Ends jobs and takes them out of ``live``; a job that has ended stays as it is.

    ``tell`` reports an event of a job. Callers of ``give_up`` and ``fail`` hold the job's lock.
    """

    def __init__(
        self, stores: StoreThread, live: dict[str, LiveJob], tell: Callable[[Happening, LiveJob], None]
    ) -> None:
        self._stores = stores
        self._live = live
        self._tell = tell
        self.unwritten: dict[str, tuple[LiveJob, Transition, bytes | None]] = {}
        """Ends that the store refused, to be tried again."""

    async def finish(self, job: LiveJob, result: bytes) -> None:
        """End a job with its result."""
        async with job.lock:
            await self._end(job, records.finish(time.time()), result, result=result)

    async def fail(self, job: LiveJob, failure: Failure) -> None:
        """End a job with an error, or as cancelled; one that the server cancelled fails with its verdict."""
        if job.verdict is not None and failure.kind == Cancelled.__name__:
            failure = job.verdict
        if failure.kind == Cancelled.__name__:
            await self._end(job, records.cancel(time.time()), failure)
        else:
            await self._end(job, records.fail(failure, time.time()), failure)

    async def give_up(self, job: LiveJob, reason: str) -> None:
        """End a job that lost its engine and runs no more: as cancelled if a client wanted that."""
        if Action.CANCEL in job.asked:
            await self.fail(job, CANCELLED)
            return
        text = f"the engine died under this job {job.record.losses + 1} times; the last time {reason}"
        failure = Failure(kind=EngineLost.__name__, message=text)
        await self._end(job, records.fail(failure, time.time(), lost=True), failure)

    async def hand_back(self, job: LiveJob) -> None:
        """Leave a job to the next server, which releases it itself where the store can't be written now."""
        async with job.lock:
            if job.outcome.done():
                return
            if job.record.state is JobState.RUNNING:
                try:
                    await self._stores.change(job, records.release(lost=False))
                except StoreFailed as error:
                    log.error("job %s stays marked as running: %s", job.id, error.message)
            text = "the server stops; the job is kept and runs after the next start"
            self._close(job, Failure(kind=ShuttingDown.__name__, message=text))

    async def write_late(self) -> None:
        """Try again to store the ends that could not be stored. Raises StoreFailed."""
        for job_id, (job, transition, result) in list(self.unwritten.items()):
            await self._stores.call(job.store.update, job_id, transition, result=result)
            del self.unwritten[job_id]

    async def _end(
        self, job: LiveJob, transition: Transition, outcome: Outcome, *, result: bytes | None = None
    ) -> None:
        if job.outcome.done():
            return
        try:
            await self._stores.change(job, transition, result=result)
        except StoreFailed as error:
            log.error("the end of job %s is kept in memory for now: %s", job.id, error.message)
            job.record = transition(job.record)
            self.unwritten[job.id] = (job, transition, result)
        self._close(job, outcome)

    def _close(self, job: LiveJob, outcome: Outcome) -> None:
        if not job.outcome.done():
            job.outcome.set_result(outcome)
            job.engine = None
            self._live.pop(job.id, None)
            self._tell(Happening.ENDED if job.record.state.final else Happening.LEFT, job)
