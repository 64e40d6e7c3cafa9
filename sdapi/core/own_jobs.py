"""The queue as one key sees it: its own jobs, as if there were no others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pipelines.contract.errors import NotFound
from pipelines.contract.requests import EngineRequest
from pipelines.hosts.view import EngineView
from pipelines.jobs.events import Events
from pipelines.jobs.sender import ANYBODY, Sender
from pipelines.jobs.view import JobView
from sdapi.core.services import JobHandle, Jobs


class OwnJobs:
    """A ``Jobs`` that knows the jobs of one client only."""

    def __init__(self, jobs: Jobs, client: str) -> None:
        self._jobs = jobs
        self._client = client

    @property
    def events(self) -> Events:
        """Events of all jobs: callers follow one that they have found here before."""
        return self._jobs.events

    async def submit(self, request: EngineRequest, *, job_id: str, sender: Sender = ANYBODY) -> JobHandle:
        """Queue a request, as every key may."""
        return await self._jobs.submit(request, job_id=job_id, sender=sender)

    def progress(self, job_id: str | None = None) -> JobView | None:
        """The named job if it is the client's; without a name, its job that runs, or ended last."""
        if job_id is None:
            job_id = next(iter((*self.running(), *reversed(self.finished()))), None)
        return None if job_id is None else self._own(job_id)

    def interrupt(self, job_id: str | None = None) -> None:
        """End a job of the client early, or all of its own that run."""
        for own in self._meant(job_id):
            self._jobs.interrupt(own)

    def skip(self, job_id: str | None = None) -> None:
        """End the batch of a job of the client early, or those of all of its own that run."""
        for own in self._meant(job_id):
            self._jobs.skip(own)

    def pending(self) -> Sequence[str]:
        """Own ids that wait, in queue order."""
        return self._owned(self._jobs.pending())

    def finished(self) -> Sequence[str]:
        """The last own ids that ended, newest last."""
        return self._owned(self._jobs.finished())

    def running(self) -> Sequence[str]:
        """Own ids that run."""
        return self._owned(self._jobs.running())

    def jobs(self) -> Sequence[JobView]:
        """Own jobs in the protocol's order."""
        return [view for view in self._jobs.jobs() if view.client == self._client]

    async def find(self, job_id: str) -> JobView:
        """The client's job of that id. Raises NotFound, for a job of somebody else too."""
        view = await self._jobs.find(job_id)
        if view.client != self._client:
            raise NotFound(f"there is no job {job_id}", field="job_id")
        return view

    async def handle(self, job_id: str) -> JobHandle:
        """A handle on the client's job of that id. Raises NotFound, for a job of somebody else too."""
        await self.find(job_id)
        return await self._jobs.handle(job_id)

    async def cancel(self, job_id: str) -> bool:
        """End the client's job of that id; False if it has ended. Raises NotFound."""
        await self.find(job_id)
        return await self._jobs.cancel(job_id)

    async def forget(self, job_id: str) -> bool:
        """Forget the client's job of that id; False if it hasn't ended. Raises NotFound."""
        await self.find(job_id)
        return await self._jobs.forget(job_id)

    def engines(self) -> Sequence[EngineView]:
        """All engines, which no client owns."""
        return self._jobs.engines()

    def ready(self) -> bool:
        """True if an engine takes jobs."""
        return self._jobs.ready()

    async def memory(self) -> Mapping[str, Any]:
        """The memory of the engines' devices, in the form of A1111's ``cuda`` object."""
        return await self._jobs.memory()

    def _own(self, job_id: str) -> JobView | None:
        view = self._jobs.progress(job_id)
        return view if view is not None and view.client == self._client else None

    def _owned(self, ids: Sequence[str]) -> list[str]:
        return [job_id for job_id in ids if self._own(job_id) is not None]

    def _meant(self, job_id: str | None) -> list[str]:
        return list(self.running()) if job_id is None else self._owned([job_id])
