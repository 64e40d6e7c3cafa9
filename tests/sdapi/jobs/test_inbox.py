"""A job's progress is told until it has ended, the newest first where nobody looked."""

from __future__ import annotations

import asyncio

from pipelines.contract.progress import Progress
from pipelines.jobs.events import Happening
from pipelines.jobs.states import JobState
from pipelines.jobs.view import JobView
from sdapi.jobs.inbox import Inbox, progress_of
from tests.sdapi.fakes import FakeJobs


def view(step: int, state: JobState = JobState.RUNNING, job_id: str = "a") -> JobView:
    return JobView(id=job_id, state=state, active=not state.final, progress=Progress(step=step, steps=9))


async def steps_told(jobs: FakeJobs) -> list[int]:
    return [found.progress.step async for found in progress_of("a", jobs)]


async def test_progress_is_told_to_the_end() -> None:
    jobs = FakeJobs(view=view(0))
    told = asyncio.create_task(steps_told(jobs))
    await asyncio.sleep(0)
    for step in (1, 2, 3):
        jobs.events.tell(Happening.ADVANCED, view(step))
    jobs.events.tell(Happening.ADVANCED, view(8, job_id="another"))
    await asyncio.sleep(0)
    jobs.events.tell(Happening.ENDED, view(9, JobState.DONE))
    assert await told == [0, 3, 9]
    jobs.events.tell(Happening.ADVANCED, view(1))


async def test_a_job_that_is_over_or_unknown_tells_nothing() -> None:
    assert await steps_told(FakeJobs(view=view(9, JobState.DONE))) == []
    assert await steps_told(FakeJobs()) == []


async def test_waiting_can_end_without_news() -> None:
    assert await Inbox("a").take(0.0) == []


async def test_a_cancellation_is_not_forgotten_as_an_event_comes() -> None:
    inbox, jobs = Inbox("a"), FakeJobs(view=view(0))
    jobs.events.subscribe(inbox.listen)
    task = asyncio.create_task(inbox.take(60.0))
    for _ in range(3):  # until it waits
        await asyncio.sleep(0)
    jobs.events.tell(Happening.ADVANCED, view(1))
    task.cancel()
    await asyncio.wait({task}, timeout=5)
    assert task.cancelled()
