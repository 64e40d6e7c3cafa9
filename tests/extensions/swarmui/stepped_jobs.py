"""A queue whose jobs take steps, wait where a test says so, and can be cancelled on the way."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from pipelines.contract.errors import Cancelled
from pipelines.contract.progress import Progress
from pipelines.contract.requests import EngineRequest, GenerationRequest
from pipelines.contract.results import EngineResult
from pipelines.jobs.events import Happening
from pipelines.jobs.sender import ANYBODY, Sender
from pipelines.jobs.states import JobState
from pipelines.jobs.view import JobView
from tests.sdapi.fakes import FakeJobs, answer, png

STEPS = 3


@dataclass(slots=True)
class SteppedHandle:
    """A job under way."""

    id: str
    task: asyncio.Task[EngineResult]

    async def result(self) -> EngineResult:
        """Wait for the job's result."""
        return await asyncio.shield(self.task)


@dataclass(slots=True)
class SteppedJobs(FakeJobs):
    """``room`` jobs run at once; while ``held``, none of them goes beyond its first step."""

    room: int = 1
    held: bool = False
    views: dict[str, JobView] = field(default_factory=dict[str, JobView])
    gone: set[str] = field(default_factory=set[str])

    def begin_anew(self) -> None:
        """Forget all that was submitted."""
        self.submitted, self.senders, self.views, self.gone = [], [], {}, set()
        self.failure, self.held, self.room = None, False, 1

    async def submit(self, request: EngineRequest, *, job_id: str, sender: Sender = ANYBODY) -> SteppedHandle:  # type: ignore[override]
        """Begin when there is room."""
        self.submitted.append((job_id, request))
        self.senders.append(sender)
        self.views[job_id] = JobView(id=job_id, state=JobState.QUEUED, active=False, client=sender.client)
        return SteppedHandle(job_id, asyncio.create_task(self._run(job_id, request)))

    async def _run(self, job_id: str, request: EngineRequest) -> EngineResult:
        while len(self.running()) >= self.room or (list(self.pending())[:1] != [job_id]):
            await self._breathe(job_id)
        self._tell(job_id, Happening.STARTED, JobState.RUNNING)
        steps = STEPS if isinstance(request, GenerationRequest) else 0
        for step in range(1, steps + 1):
            progress = Progress(step=step, steps=steps, batch_count=1, preview=png(), preview_id=step)
            self._tell(job_id, Happening.ADVANCED, JobState.RUNNING, progress)
            await self._breathe(job_id)
            while self.held:
                await self._breathe(job_id)
        if self.failure is not None:
            self._tell(job_id, Happening.ENDED, JobState.FAILED)
            raise self.failure
        self._tell(job_id, Happening.ENDED, JobState.DONE)
        return answer(request)

    async def _breathe(self, job_id: str) -> None:
        await asyncio.sleep(0.001)
        if job_id in self.gone:
            self._tell(job_id, Happening.ENDED, JobState.CANCELLED)
            raise Cancelled("the job was cancelled")

    def _tell(self, job_id: str, what: Happening, state: JobState, progress: Progress | None = None) -> None:
        before = self.views[job_id]
        active = state is JobState.RUNNING
        view = replace(before, state=state, active=active, progress=progress or before.progress)
        self.views[job_id] = view
        self.events.tell(what, view)

    def progress(self, job_id: str | None = None) -> JobView | None:
        """Return the view of the named job."""
        return self.views.get(job_id or "")

    def running(self) -> Sequence[str]:
        """Ids of the jobs that run."""
        return [view.id for view in self.views.values() if view.state is JobState.RUNNING]

    def pending(self) -> Sequence[str]:
        """Ids of the jobs that wait."""
        return [view.id for view in self.views.values() if view.state is JobState.QUEUED]

    async def cancel(self, job_id: str) -> bool:
        """Let it end at its next breath."""
        self.gone.add(job_id)
        return True
