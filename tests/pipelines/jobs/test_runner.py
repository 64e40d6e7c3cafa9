"""The way of a job from the queue to an engine and to its end, with hosts that a test plays."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from threading import Event

import pytest

from pipelines.contract.control import Action
from pipelines.contract.errors import StoreFailed
from pipelines.contract.failure import CANCELLED, Failure
from pipelines.contract.progress import Progress
from pipelines.hosts.bounds import JobBounds
from pipelines.hosts.protocol import (
    Advanced,
    Control,
    Failed,
    Finished,
    FromEngine,
    Ready,
    RunJob,
    Shutdown,
    StartFailed,
)
from pipelines.jobs.events import Events, Happening, JobEvent
from pipelines.jobs.live import LiveJob, Outcome
from pipelines.jobs.memory_store import MemoryStore
from pipelines.jobs.records import JobRecord, Transition
from pipelines.jobs.runner import Runner
from pipelines.jobs.states import JobState
from pipelines.jobs.store_thread import StoreThread
from tests.pipelines.jobs.fake_link import FakeHosts, FakeLink
from tests.pipelines.jobs.helpers import until

FAILURE = Failure(kind="OutOfMemory", message="no memory is left")
TIMED_OUT = Failure(kind="TimedOut", message="it took too long")


class OddStore(MemoryStore):
    """A store whose requests wait for ``open``, and whose disk is ``full`` at times."""

    def __init__(self) -> None:
        super().__init__()
        self.full = False
        self.open = Event()
        self.open.set()

    def request(self, job_id: str) -> bytes:
        self.open.wait(20)
        return super().request(job_id)

    def update(self, job_id: str, change: Transition, *, result: bytes | None = None) -> JobRecord:
        if self.full:
            raise sqlite3.OperationalError("database or disk is full")
        return super().update(job_id, change, result=result)


class Bench:
    """A runner, its store, its engines' hosts, and all events so far.

    ``stored_ends``: the state in the store as the end of a job was reported.
    """

    def __init__(self, engines: int, bounds: JobBounds) -> None:
        self.store = OddStore()
        self.hosts = [FakeHosts() for _ in range(engines)]
        self.seen: list[JobEvent] = []
        self.stored_ends: dict[str, JobState] = {}
        self.stores = StoreThread(lambda: self.store)
        events = Events()
        events.subscribe(self.note)
        specs = [hosts.spec() for hosts in self.hosts]
        self.runner = Runner(self.stores, specs, owner="me", bounds=bounds, events=events)

    def note(self, event: JobEvent) -> None:
        """Keep an event, and at an end what the store holds."""
        self.seen.append(event)
        record = self.store.get(event.job.id)
        if event.what is Happening.ENDED and record is not None:
            self.stored_ends[record.id] = record.state

    async def add(self, job_id: str, *, pinned: int | None = None, batch_group: str = "") -> LiveJob:
        """Store a job and let it wait."""
        wanted = JobRecord(id=job_id, kind="txt2img", created=1.0, batch_group=batch_group)
        record = await self.stores.call(self.store.add, wanted, b"request of " + job_id.encode())
        job = LiveJob(record=record, store=self.store, pinned=pinned)
        self.runner.live[job_id] = job
        self.runner.enqueue(job)
        return job

    async def sent(self, link: FakeLink, job_id: str) -> None:
        """Wait until a host has a job."""
        await until(lambda: job_id in [message.job_id for message in link.of(RunJob)])

    async def running(self, link: FakeLink, job_id: str, *, batch_group: str = "") -> LiveJob:
        """Add a job and wait until a host has it."""
        job = await self.add(job_id, batch_group=batch_group)
        await self.sent(link, job_id)
        return job

    def events_of(self, job_id: str) -> list[Happening]:
        """Return what has happened to a job."""
        return [event.what for event in self.seen if event.job.id == job_id]


@asynccontextmanager
async def bench(engines: int = 1, bounds: JobBounds | None = None) -> AsyncGenerator[Bench]:
    """A runner that is started, and stopped at the end. Raises TimeoutError where a test hangs."""
    made = Bench(engines, bounds or JobBounds())
    await made.stores.open()
    made.runner.start()
    try:
        async with asyncio.timeout(20):
            yield made
    finally:
        made.store.full = False
        await made.runner.stop(0.0)
        await made.stores.close()


async def outcome_after(job: LiveJob, link: FakeLink, message: FromEngine) -> Outcome:
    """Let the host send a message and wait for the end of a job."""
    link.give(message)
    return await job.outcome


async def test_a_ready_engine_gets_the_job_that_waits() -> None:
    async with bench() as b:
        job = await b.add("a")
        link = await b.hosts[0].ready()
        await b.sent(link, "a")
        assert link.of(RunJob) == [RunJob(job_id="a", request=b"request of a")]
        assert (job.record.state, job.record.owner, job.record.attempts) == (JobState.RUNNING, "me", 1)
        assert b.store.get("a") == job.record
        assert b.events_of("a") == [Happening.QUEUED, Happening.STARTED]


async def test_a_result_is_stored_before_it_is_told() -> None:
    async with bench() as b:
        link = await b.hosts[0].ready()
        job = await b.running(link, "a")
        assert await outcome_after(job, link, Finished(job_id="a", result=b"picture")) == b"picture"
        assert b.store.result("a") == b"picture"
        assert b.stored_ends == {"a": JobState.DONE}
        assert b.events_of("a") == [Happening.QUEUED, Happening.STARTED, Happening.ENDED]
        assert not b.runner.live and not b.runner.engines[0].jobs


async def test_an_engines_failure_is_the_jobs() -> None:
    async with bench() as b:
        link = await b.hosts[0].ready()
        job = await b.running(link, "a")
        assert await outcome_after(job, link, Failed(job_id="a", failure=FAILURE)) == FAILURE
        record = b.store.get("a")
        assert record is not None and (record.state, record.failure) == (JobState.FAILED, FAILURE)


@pytest.mark.parametrize(
    ("said", "outcome", "state"),
    [
        (CANCELLED, TIMED_OUT, JobState.FAILED),
        (FAILURE, FAILURE, JobState.FAILED),
    ],
)
async def test_a_verdict_takes_the_place_of_a_cancel_only(
    said: Failure, outcome: Failure, state: JobState
) -> None:
    async with bench() as b:
        link = await b.hosts[0].ready()
        job = await b.running(link, "a")
        job.verdict = TIMED_OUT
        assert await outcome_after(job, link, Failed(job_id="a", failure=said)) == outcome
        assert b.seen[-1].job.state is state


async def test_a_waiting_job_is_cancelled_at_once() -> None:
    async with bench() as b:
        job = await b.add("a")
        await b.runner.cancel(job)
        assert await job.outcome == CANCELLED
        assert len(b.runner.queue) == 0
        assert b.seen[-1].job.state is JobState.CANCELLED
        link = await b.hosts[0].ready()
        await b.running(link, "b")
        assert [message.job_id for message in link.of(RunJob)] == ["b"]


async def test_a_running_job_is_cancelled_by_its_engine() -> None:
    async with bench() as b:
        link = await b.hosts[0].ready()
        job = await b.running(link, "a")
        await b.runner.cancel(job)
        assert link.of(Control) == [Control(job_id="a", action="cancel")]
        assert not job.outcome.done() and job.watch.told > 0
        assert await outcome_after(job, link, Failed(job_id="a", failure=CANCELLED)) == CANCELLED
        assert b.seen[-1].job.state is JobState.CANCELLED
        await b.runner.cancel(job)
        assert len(link.of(Control)) == 1


async def test_a_cancel_on_the_way_follows_the_job() -> None:
    async with bench() as b:
        link = await b.hosts[0].ready()
        b.store.open.clear()
        job = await b.add("a")
        await until(lambda: job.engine is not None)
        b.runner.ask(job, Action.CANCEL)
        b.store.open.set()
        await b.sent(link, "a")
        order = [type(message) for message in link.sent]
        assert order.index(RunJob) < len(order) - 1 and order[-1] is Control


async def test_a_job_of_a_dead_engine_runs_again_before_others() -> None:
    async with bench() as b:
        first = await b.hosts[0].ready()
        job = await b.running(first, "a")
        await b.add("b")
        first.end()
        second = await b.hosts[0].ready(2)
        await b.sent(second, "a")
        assert (job.record.attempts, job.record.losses) == (2, 1)
        assert len(second.of(RunJob)) == 1
        assert b.events_of("a")[2:] == [Happening.QUEUED, Happening.STARTED]


async def test_a_job_that_kills_twice_is_given_up() -> None:
    async with bench() as b:
        first = await b.hosts[0].ready()
        job = await b.running(first, "a")
        first.end()
        second = await b.hosts[0].ready(2)
        await b.sent(second, "a")
        second.end()
        outcome = await job.outcome
        assert isinstance(outcome, Failure) and outcome.kind == "EngineLost"
        assert "died under this job 2 times; the last time it went away" in outcome.message
        record = b.store.get("a")
        assert record is not None and (record.state, record.losses) == (JobState.FAILED, 2)


async def test_only_the_culprit_of_an_end_is_blamed() -> None:
    async with bench(bounds=JobBounds(losses=1)) as b:
        link = await b.hosts[0].ready(capacity=2)
        deaf = await b.running(link, "deaf", batch_group="g")
        other = await b.running(link, "other", batch_group="g")
        b.runner.engines[0].end("a job could not be stopped", culprit="deaf")
        outcome = await deaf.outcome
        assert isinstance(outcome, Failure) and outcome.kind == "EngineLost"
        second = await b.hosts[0].ready(2)
        await b.sent(second, "other")
        assert (other.record.losses, other.record.attempts) == (0, 2)


async def test_a_cancelled_job_does_not_run_again() -> None:
    async with bench() as b:
        link = await b.hosts[0].ready()
        job = await b.running(link, "a")
        await b.runner.cancel(job)
        link.end()
        assert await job.outcome == CANCELLED
        assert b.seen[-1].job.state is JobState.CANCELLED


async def test_a_job_never_reaches_a_life_that_is_over() -> None:
    async with bench() as b:
        first = await b.hosts[0].ready()
        b.store.open.clear()
        job = await b.add("a")
        await until(lambda: job.engine is not None)
        first.end()
        second = await b.hosts[0].ready(2)
        b.store.open.set()
        await b.sent(second, "a")
        assert first.of(RunJob) == [] and len(second.of(RunJob)) == 1


async def test_pinned_jobs_fail_with_their_engine_and_others_wait() -> None:
    async with bench(2, JobBounds(start_failures=1)) as b:
        pinned, free = await b.add("pinned", pinned=0), await b.add("free")
        await until(lambda: b.hosts[0].lives)
        b.hosts[0].lives[0].give(StartFailed(failure=Failure(kind="SdapiError", message="no device")))
        b.hosts[0].lives[0].end()
        outcome = await pinned.outcome
        assert isinstance(outcome, Failure) and outcome.kind == "EngineLost"
        assert outcome.message == "no engine could be started: no device"
        assert not free.outcome.done()
        await b.sent(await b.hosts[1].ready(), "free")


async def test_all_jobs_fail_once_no_engine_can_start() -> None:
    async with bench(2, JobBounds(start_failures=2)) as b:
        for hosts in b.hosts:
            hosts.refusal = "no place is left"
        outcome = await (await b.add("a")).outcome
        assert isinstance(outcome, Failure)
        assert "there is no place for it: no place is left" in outcome.message


async def test_an_end_that_cannot_be_stored_is_stored_later() -> None:
    async with bench() as b:
        link = await b.hosts[0].ready()
        job = await b.running(link, "a")
        b.store.full = True
        assert await outcome_after(job, link, Finished(job_id="a", result=b"picture")) == b"picture"
        assert b.seen[-1].job.state is JobState.DONE
        with pytest.raises(StoreFailed, match="disk is full"):
            await b.runner.endings.write_late()
        assert list(b.runner.endings.unwritten) == ["a"]
        b.store.full = False
        await b.runner.endings.write_late()
        assert not b.runner.endings.unwritten
        assert b.store.result("a") == b"picture"


async def test_a_job_that_cannot_be_claimed_fails_and_frees_its_engine() -> None:
    async with bench() as b:
        b.store.full = True
        job = await b.add("a")
        link = await b.hosts[0].ready()
        outcome = await job.outcome
        assert isinstance(outcome, Failure) and outcome.kind == "StoreFailed"
        b.store.full = False
        await b.running(link, "b")
        assert [message.job_id for message in link.of(RunJob)] == ["b"]


async def test_progress_keeps_flags_and_moves_the_watch() -> None:
    async with bench() as b:
        link = await b.hosts[0].ready()
        job = await b.running(link, "a")
        job.watch.moved = 0.0
        job.progress = Progress(interrupted=True, preview=b"preview", preview_id=3)
        link.give(Advanced(job_id="gone", progress=Progress()))
        link.give(Advanced(job_id="a", progress=Progress(step=2, preview_id=3)))
        await until(lambda: b.events_of("a")[-1] is Happening.ADVANCED)
        assert job.watch.moved > 0.0
        assert job.progress == Progress(step=2, preview=b"preview", preview_id=3, interrupted=True)


async def test_a_stop_lets_running_jobs_finish_in_time() -> None:
    async with bench() as b:
        link = await b.hosts[0].ready()
        job = await b.running(link, "a")
        waiting = await b.add("b")
        link.give(Finished(job_id="a", result=b"picture"))
        await b.runner.stop(20.0)
        assert job.outcome.result() == b"picture"
        assert b.events_of("b") == [Happening.QUEUED, Happening.LEFT]
        outcome = waiting.outcome.result()
        assert isinstance(outcome, Failure) and outcome.kind == "ShuttingDown"
        assert link.of(Shutdown) == [Shutdown()]


async def test_a_stop_leaves_running_jobs_to_the_next_server() -> None:
    async with bench() as b:
        link = await b.hosts[0].ready()
        job = await b.running(link, "a")
        await b.runner.stop(0.0)
        outcome = job.outcome.result()
        assert isinstance(outcome, Failure) and outcome.kind == "ShuttingDown"
        record = b.store.get("a")
        assert record is not None
        assert (record.state, record.owner, record.attempts) == (JobState.QUEUED, "", 1)
        assert not b.runner.live


async def test_a_stop_on_a_full_disk_still_ends_engines() -> None:
    async with bench() as b:
        link = await b.hosts[0].ready()
        job = await b.running(link, "a")
        waiting = await b.add("b")
        b.store.full = True
        await b.runner.stop(0.0)
        assert link.of(Shutdown) == [Shutdown()]
        for ended in (job, waiting):
            outcome = ended.outcome.result()
            assert isinstance(outcome, Failure) and outcome.kind == "ShuttingDown"


async def test_nothing_starts_once_a_stop_has_begun() -> None:
    async with bench(2) as b:
        link = await b.hosts[0].ready()
        await b.runner.stop(0.0)
        await b.add("a")
        link.give(Ready(pid=1))
        assert link.of(RunJob) == []
