"""A job that this server holds in memory, and the handle that its clients wait on."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeAlias, cast

from pipelines.contract.codec import decode_any
from pipelines.contract.control import Action
from pipelines.contract.failure import Failure
from pipelines.contract.progress import Progress
from pipelines.contract.results import EngineResult
from pipelines.hosts.supervisor import Supervisor
from pipelines.jobs.records import JobRecord
from pipelines.jobs.store import JobStore
from pipelines.jobs.view import JobView

Outcome: TypeAlias = bytes | Failure
"""An encoded result, or why there is none."""


@dataclass(slots=True, kw_only=True)
class Watch:
    """Times of a job's start, its last step and its cancel, in monotonic seconds; 0 for never."""

    started: float = 0.0
    moved: float = 0.0
    told: float = 0.0


@dataclass(slots=True, kw_only=True, eq=False)
class LiveJob:
    """A job that has not ended. ``lock`` is held during each change of its record in the store."""

    record: JobRecord
    store: JobStore
    progress: Progress = field(default_factory=Progress)
    engine: Supervisor | None = None
    pinned: int | None = None
    asked: set[Action] = field(default_factory=set[Action])
    size: int = 0
    """Bytes of its encoded request."""
    verdict: Failure | None = None
    """The failure to report in place of a plain cancel, where the server itself ended the job."""
    watch: Watch = field(default_factory=Watch)
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    outcome: asyncio.Future[Outcome] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )

    @property
    def id(self) -> str:
        return self.record.id

    def view(self, position: int | None = None) -> JobView:
        """Return the job as it is at this moment."""
        return view_of(self.record, self.progress, position, self.engine)


def view_of(
    record: JobRecord,
    progress: Progress | None = None,
    position: int | None = None,
    engine: Supervisor | None = None,
) -> JobView:
    """Return the view of a record and of what is known of a job that has not ended."""
    stamp = time.strftime("%Y%m%d%H%M%S", time.localtime(record.started)) if record.started else "0"
    return JobView(
        id=record.id,
        progress=progress or Progress(),
        active=engine is not None,
        timestamp=stamp,
        state=record.state,
        kind=record.kind,
        position=position,
        created=record.created,
        started=record.started,
        ended=record.ended,
        attempts=record.attempts,
        failure=record.failure,
        webhook=record.webhook,
        client=record.client,
        device=engine.spec.settings.device if engine else "",
    )


class Handle:
    """A submitted job, to wait for."""

    def __init__(self, job_id: str, outcome: Callable[[], Awaitable[Outcome]]) -> None:
        self._id = job_id
        self._outcome = outcome

    @property
    def id(self) -> str:
        return self._id

    async def result(self) -> EngineResult:
        """Wait for the end. Raises the ``SdapiError`` that the job failed with."""
        outcome = await self._outcome()
        if isinstance(outcome, Failure):
            raise outcome.error()
        return cast("EngineResult", decode_any(outcome))


def handle_of(job: LiveJob) -> Handle:
    """Return a handle on a job that has not ended; a waiter that goes away leaves the job alone."""
    return Handle(job.id, lambda: asyncio.shield(job.outcome))
