"""Events of one job that wait to be read; of progress only the newest is kept."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

from pipelines.jobs.events import Happening, JobEvent
from pipelines.jobs.view import JobView
from sdapi.core.services import Jobs

LAST = frozenset({Happening.ENDED, Happening.LEFT})


class Inbox:
    """Collects the events of one job."""

    def __init__(self, job_id: str) -> None:
        self._job_id = job_id
        self._events: list[JobEvent] = []
        self._arrived = asyncio.Event()

    def listen(self, event: JobEvent) -> None:
        """Keep an event of the job; others are dropped."""
        if event.job.id != self._job_id:
            return
        if event.what is Happening.ADVANCED and self._events and self._events[-1].what is event.what:
            self._events.pop()
        self._events.append(event)
        self._arrived.set()

    async def take(self, seconds: float | None = None) -> list[JobEvent]:
        """Wait for events, at most this long; empty when none came."""
        try:
            async with asyncio.timeout(seconds):
                await self._arrived.wait()
        except TimeoutError:
            return []
        self._arrived.clear()
        taken, self._events = self._events, []
        return taken


async def progress_of(job_id: str, jobs: Jobs) -> AsyncGenerator[JobView]:
    """Views of a job, now and at every change, until it has ended or the server stops."""
    inbox = Inbox(job_id)
    forget = jobs.events.subscribe(inbox.listen)
    try:
        view = jobs.progress(job_id)
        if view is None or view.state.final:
            return
        yield view
        ended = False
        while not ended:
            for event in await inbox.take():
                ended = event.what in LAST
                yield event.job
    finally:
        forget()
