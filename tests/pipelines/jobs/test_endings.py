"""Each way in which a job ends, as the store, the client and the listeners see it."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest

from pipelines.contract.control import Action
from pipelines.contract.errors import StoreFailed
from pipelines.contract.failure import CANCELLED, Failure
from pipelines.jobs import records
from pipelines.jobs.endings import Endings
from pipelines.jobs.events import Happening
from pipelines.jobs.live import LiveJob
from pipelines.jobs.memory_store import MemoryStore
from pipelines.jobs.records import JobRecord, Transition
from pipelines.jobs.states import JobState
from pipelines.jobs.store_thread import StoreThread

FAILURE = Failure(kind="OutOfMemory", message="no memory is left")
TIMED_OUT = Failure(kind="TimedOut", message="it took too long")


class FullStore(MemoryStore):
    """A store that can't be written while it is ``full``."""

    full = False

    def update(self, job_id: str, change: Transition, *, result: bytes | None = None) -> JobRecord:
        if self.full:
            raise sqlite3.OperationalError("database or disk is full")
        return super().update(job_id, change, result=result)


class Bench:
    """One running job, what ends it, and all that was told."""

    def __init__(self) -> None:
        self.store = FullStore()
        self.stores = StoreThread(lambda: self.store)
        self.live: dict[str, LiveJob] = {}
        self.told: list[Happening] = []
        self.endings = Endings(self.stores, self.live, lambda what, job: self.told.append(what))

    async def start(self) -> LiveJob:
        await self.stores.open()
        wanted = JobRecord(id="a", kind="txt2img", created=1.0)
        await self.stores.call(self.store.add, wanted, b"request")
        record = await self.stores.call(self.store.update, "a", records.claim("me", 2.0, 10.0))
        self.live["a"] = LiveJob(record=record, store=self.store)
        return self.live["a"]

    @property
    def stored(self) -> JobRecord:
        record = self.store.get("a")
        assert record is not None
        return record


@asynccontextmanager
async def bench() -> AsyncGenerator[tuple[Bench, LiveJob]]:
    made = Bench()
    job = await made.start()
    try:
        yield made, job
    finally:
        await made.stores.close()


async def test_a_result_is_written_and_told_once() -> None:
    async with bench() as (b, job):
        await b.endings.finish(job, b"picture")
        await b.endings.fail(job, FAILURE)
        assert (b.stored.state, b.store.result("a")) == (JobState.DONE, b"picture")
        assert (await job.outcome, b.told, b.live) == (b"picture", [Happening.ENDED], {})


@pytest.mark.parametrize(
    ("failure", "verdict", "state", "outcome"),
    [
        (FAILURE, None, JobState.FAILED, FAILURE),
        (FAILURE, TIMED_OUT, JobState.FAILED, FAILURE),
        (CANCELLED, None, JobState.CANCELLED, CANCELLED),
        (CANCELLED, TIMED_OUT, JobState.FAILED, TIMED_OUT),
    ],
)
async def test_a_verdict_of_the_server_stands_for_its_cancel(
    failure: Failure, verdict: Failure | None, state: JobState, outcome: Failure
) -> None:
    async with bench() as (b, job):
        job.verdict = verdict
        await b.endings.fail(job, failure)
        assert (b.stored.state, await job.outcome) == (state, outcome)


async def test_a_job_without_another_try_says_how_often_its_engine_died() -> None:
    async with bench() as (b, job):
        await b.endings.give_up(job, "it ran out of memory")
        assert (b.stored.state, b.stored.losses) == (JobState.FAILED, 1)
        outcome = await job.outcome
        assert isinstance(outcome, Failure)
        assert outcome.kind == "EngineLost"
        assert "died under this job 1 times; the last time it ran out of memory" in outcome.message


async def test_a_job_that_was_given_up_before_its_engine_died_is_cancelled() -> None:
    async with bench() as (b, job):
        job.asked.add(Action.CANCEL)
        await b.endings.give_up(job, "it was killed")
        assert (b.stored.state, await job.outcome) == (JobState.CANCELLED, CANCELLED)


async def test_an_end_waits_in_memory_for_a_full_disk() -> None:
    async with bench() as (b, job):
        b.store.full = True
        await b.endings.finish(job, b"picture")
        assert (await job.outcome, b.stored.state) == (b"picture", JobState.RUNNING)
        with pytest.raises(StoreFailed):
            await b.endings.write_late()
        b.store.full = False
        await b.endings.write_late()
        assert (b.stored.state, b.endings.unwritten) == (JobState.DONE, {})


@pytest.mark.parametrize("full", [False, True])
async def test_a_job_that_is_handed_back_waits_in_the_store(full: bool) -> None:
    async with bench() as (b, job):
        b.store.full = full
        await b.endings.hand_back(job)
        assert b.stored.state is (JobState.RUNNING if full else JobState.QUEUED)
        outcome = await job.outcome
        assert isinstance(outcome, Failure) and outcome.kind == "ShuttingDown"
        assert b.told == [Happening.LEFT]
