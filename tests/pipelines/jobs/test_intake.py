"""Acceptance of requests: which are one job, which are refused, and what upkeep becomes."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from pipelines.contract.codec import encode
from pipelines.contract.errors import NotFound, SdapiError, StoreFailed, TooManyJobs
from pipelines.contract.failure import CANCELLED, Failure
from pipelines.contract.requests import LoadCheckpointRequest, UnloadRequest
from pipelines.hosts.bounds import JobBounds
from pipelines.jobs import records
from pipelines.jobs.events import Events
from pipelines.jobs.history import History
from pipelines.jobs.intake import FREEING_FIRST, Intake, Room
from pipelines.jobs.live import Handle, LiveJob, Outcome
from pipelines.jobs.memory_store import MemoryStore
from pipelines.jobs.records import JobRecord, Transition
from pipelines.jobs.runner import Runner
from pipelines.jobs.sender import ANYBODY, Sender
from pipelines.jobs.states import JobState
from pipelines.jobs.store_thread import StoreThread
from pipelines.jobs.view import JobView
from tests.pipelines.jobs.helpers import make_request, make_spec

FAILURE = Failure(kind="OutOfMemory", message="none is left")


class FullStore(MemoryStore):
    """A store on a disk that may be full."""

    full = False

    def add(self, record: JobRecord, request: bytes) -> JobRecord:
        if self.full:
            raise sqlite3.OperationalError("database or disk is full")
        return super().add(record, request)


class Door:
    """An intake before engines that never start, so that all jobs wait."""

    def __init__(self, room: Room, engines: int) -> None:
        self.store = FullStore()
        self.stores = StoreThread(lambda: self.store)
        self.history = History(10)
        specs = [make_spec() for _ in range(engines)]
        self.runner = Runner(self.stores, specs, owner="me", bounds=JobBounds(), events=Events())
        self.intake = Intake(self.stores, self.runner, self.history, room)

    async def submit(self, job_id: str = "", sender: Sender = ANYBODY, seed: int = 1) -> Handle:
        """Submit a picture; the seed decides whether it is another request."""
        return await self.intake.submit(make_request(seed=seed), job_id, sender)

    def job(self, job_id: str) -> LiveJob:
        return self.runner.live[job_id]

    def end(self, job_id: str, outcome: Outcome) -> None:
        """End a job in the store and here, as its engine would."""
        job = self.runner.live.pop(job_id)
        self.runner.queue.remove(job_id)
        self.store.update(job_id, records.claim("me", 1.0, 2.0))
        if isinstance(outcome, bytes):
            self.store.update(job_id, records.finish(2.0), result=outcome)
        else:
            self.store.update(job_id, ended_by(outcome))
        job.outcome.set_result(outcome)


def ended_by(failure: Failure) -> Transition:
    return records.cancel(2.0) if failure is CANCELLED else records.fail(failure, 2.0)


@asynccontextmanager
async def door(room: Room | None = None, engines: int = 1) -> AsyncGenerator[Door]:
    made = Door(room or Room(), engines)
    await made.stores.open()
    async with asyncio.timeout(20):
        yield made
    await made.stores.close()


async def test_a_request_becomes_a_record_that_waits() -> None:
    async with door() as d:
        sender = Sender(client="key:me", priority=3, webhook="http://there")
        handle = await d.submit("mine", sender)
        assert handle.id == "mine"
        record = d.store.get("mine")
        assert record is not None
        assert (record.kind, record.state, record.client) == ("txt2img", JobState.QUEUED, "key:me")
        assert (record.priority, record.webhook) == (3, "http://there")
        assert record.checkpoint == "one.safetensors" and record.batch_group != ""
        assert d.store.request("mine") == encode(make_request(seed=1))
        assert [job.id for job in d.runner.queue] == ["mine"]


async def test_a_job_without_an_id_gets_one_of_its_kind() -> None:
    async with door() as d:
        first, second = await d.submit(), await d.submit()
        assert first.id.startswith("task(txt2img-") and first.id.endswith(")")
        assert first.id != second.id


async def test_the_same_request_under_its_id_is_one_job() -> None:
    async with door() as d:
        await d.submit("x")
        assert (await d.submit("x")).id == "x"
        assert (await d.submit("x", seed=2)).id == "x-2"
        assert (await d.submit("x", seed=3)).id == "x-3"
        assert list(d.runner.live) == ["x", "x-2", "x-3"]


async def test_a_fingerprint_decides_what_is_the_same() -> None:
    async with door() as d:
        await d.submit("x", Sender(fingerprint="body"))
        assert (await d.submit("x", Sender(fingerprint="body"), seed=2)).id == "x"
        assert (await d.submit("x", Sender(fingerprint="other"))).id == "x-2"


async def test_a_job_that_is_done_answers_again() -> None:
    async with door() as d:
        await d.submit("x")
        d.end("x", encode(make_request()))
        await d.submit("x")
        assert not d.runner.live


@pytest.mark.parametrize("failure", [FAILURE, CANCELLED])
async def test_a_job_that_failed_is_tried_anew(failure: Failure) -> None:
    async with door() as d:
        await d.submit("x")
        d.end("x", failure)
        assert (await d.submit("x")).id == "x"
        assert list(d.runner.live) == ["x"]


async def test_nobody_gets_the_job_of_another_key() -> None:
    async with door() as d:
        await d.submit("x", Sender(client="key:ann"))
        assert (await d.submit("x", Sender(client="key:bob"))).id == "x-2"
        for job_id in ("x", "x-2"):
            d.end(job_id, encode(make_request()))
        assert (await d.submit("x", Sender(client="key:cat"))).id == "x-3"
        assert (await d.submit("x", Sender(client="key:ann"))).id == "x"


async def test_an_end_that_is_not_written_keeps_its_id() -> None:
    async with door() as d:
        await d.submit("x")
        job = d.runner.live.pop("x")
        d.runner.endings.unwritten["x"] = (job, records.cancel(1.0), None)
        assert (await d.submit("x", seed=2)).id == "x-2"


async def test_a_full_queue_refuses_jobs_and_upkeep_apart() -> None:
    async with door(Room(jobs=2)) as d:
        await d.submit(seed=1)
        await d.submit(seed=2)
        with pytest.raises(TooManyJobs, match="2 jobs wait already"):
            await d.submit(seed=3)
        for _ in range(2):
            await d.intake.submit(UnloadRequest(), "", ANYBODY)
        with pytest.raises(TooManyJobs, match="2 jobs wait already"):
            await d.intake.submit(UnloadRequest(), "", ANYBODY)


async def test_a_job_that_runs_takes_no_place_in_the_queue() -> None:
    async with door(Room(jobs=1)) as d:
        await d.submit("x")
        d.job("x").engine = d.runner.engines[0]
        await d.submit("y", seed=2)
        with pytest.raises(TooManyJobs):
            await d.submit("z", seed=3)


async def test_bytes_of_requests_have_a_bound() -> None:
    size = len(encode(make_request(seed=1)))
    async with door(Room(size=2 * size)) as d:
        await d.submit(seed=1)
        await d.submit(seed=2)
        with pytest.raises(TooManyJobs, match=f"take {2 * size} bytes already"):
            await d.submit(seed=3)


@pytest.mark.parametrize(("engines", "seconds"), [(1, 6), (3, 2), (20, 1)])
async def test_a_refusal_guesses_when_to_come_back(engines: int, seconds: int) -> None:
    """Half of a job's mean time, shared by the engines, and at least a second."""
    async with door(Room(jobs=0), engines) as d:
        d.history.put(JobView(id="a", started=1.0, ended=13.0))
        with pytest.raises(TooManyJobs) as caught:
            await d.submit()
        assert caught.value.retry_after == seconds


async def test_a_client_has_no_more_jobs_than_its_key_allows() -> None:
    async with door() as d:
        sender = Sender(client="key:\ud800", concurrent=2)
        await d.submit("a", sender, 1)
        await d.submit("b", sender, 2)
        with pytest.raises(TooManyJobs, match="has 2 jobs that wait or run, and may have 2"):
            await d.submit("c", sender, 3)
        await d.submit("d", Sender(client="key:other", concurrent=1), 4)
        d.end("a", FAILURE)
        await d.submit("c", sender, 3)


async def test_many_at_once_get_no_more_room() -> None:
    async with door(Room(jobs=3)) as d:
        tries = [d.submit(seed=seed) for seed in range(10)]
        answers = await asyncio.gather(*tries, return_exceptions=True)
        assert sum(isinstance(answer, TooManyJobs) for answer in answers) == 7
        assert len(d.runner.queue) == 3


async def test_a_job_that_cannot_be_stored_leaves_nothing() -> None:
    async with door() as d:
        d.store.full = True
        with pytest.raises(StoreFailed):
            await d.submit("x")
        assert not d.runner.live and len(d.runner.queue) == 0


async def test_outcomes_are_read_from_the_store() -> None:
    async with door() as d:
        results: dict[str, Outcome] = {"done": b"picture", "failed": FAILURE, "gone": CANCELLED}
        for seed, (job_id, outcome) in enumerate(results.items()):
            await d.submit(job_id, seed=seed)
            d.end(job_id, outcome)
            assert await d.intake.stored_outcome(job_id) == outcome
        with pytest.raises(NotFound, match="nobody is no longer kept"):
            await d.intake.stored_outcome("nobody")


async def test_upkeep_is_one_job_for_every_engine() -> None:
    async with door(engines=2) as d:
        handle = await d.intake.submit(LoadCheckpointRequest(checkpoint="m"), "load", ANYBODY)
        assert handle.id == "load"
        jobs = list(d.runner.live.values())
        assert [(job.id, job.pinned) for job in jobs] == [("load", 0), ("load-2", 1)]
        assert {job.record.checkpoint for job in jobs} == {"m"}
        assert all(job.store is d.stores.volatile for job in jobs)
        assert d.store.records(set(JobState)) == []


async def test_what_frees_memory_goes_before_all_else() -> None:
    async with door() as d:
        await d.submit("vip", Sender(priority=FREEING_FIRST - 1))
        load = await d.intake.submit(LoadCheckpointRequest(checkpoint="m"), "", ANYBODY)
        unload = await d.intake.submit(UnloadRequest(), "", ANYBODY)
        assert [job.id for job in d.runner.queue] == [unload.id, "vip", load.id]


async def test_upkeep_fails_if_one_engine_fails() -> None:
    async with door(engines=2) as d:
        handle = await d.intake.submit(LoadCheckpointRequest(checkpoint="m"), "load", ANYBODY)
        first, second = d.runner.live.values()
        first.outcome.set_result(b"")
        second.outcome.set_result(replace(FAILURE, kind="SdapiError", message="the other one"))
        with pytest.raises(SdapiError, match="the other one"):
            await handle.result()
