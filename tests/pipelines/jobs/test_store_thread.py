"""Calls of job stores: in one thread, in order, and with one kind of error."""

from __future__ import annotations

import asyncio
import sqlite3
import threading

import pytest

from pipelines.contract.errors import StoreFailed
from pipelines.jobs import records
from pipelines.jobs.live import LiveJob
from pipelines.jobs.memory_store import MemoryStore
from pipelines.jobs.records import JobRecord
from pipelines.jobs.states import IllegalTransition, JobState
from pipelines.jobs.store_thread import StoreThread

RECORD = JobRecord(id="a", kind="txt2img", created=1.0)


async def test_calls_share_one_thread_and_keep_their_order() -> None:
    stores, order, threads = StoreThread(MemoryStore), list[int](), set[int]()

    def note(number: int) -> None:
        threads.add(threading.get_ident())
        order.append(number)

    await asyncio.gather(*(stores.call(note, number) for number in range(20)))
    await stores.close()
    assert order == list(range(20))
    assert len(threads) == 1 and threads != {threading.get_ident()}


@pytest.mark.parametrize("error", [sqlite3.OperationalError("disk is full"), PermissionError("disk is full")])
async def test_errors_of_the_file_are_a_store_that_failed(error: Exception) -> None:
    stores = StoreThread(MemoryStore)

    def fail() -> None:
        raise error

    with pytest.raises(StoreFailed, match=r"the job store can't be used: .*disk is full"):
        await stores.call(fail)
    await stores.close()


async def test_the_store_is_durable_once_it_is_open() -> None:
    store = MemoryStore()
    stores = StoreThread(lambda: store)
    assert stores.durable is not store
    await stores.open()
    assert stores.durable is store and stores.volatile is not store
    await stores.close()


async def test_a_change_is_made_in_store_and_job() -> None:
    stores = StoreThread(MemoryStore)
    job = LiveJob(record=stores.durable.add(RECORD, b"request"), store=stores.durable)
    await stores.change(job, records.claim("me", 2.0, 3.0))
    assert job.record.state is JobState.RUNNING
    await stores.change(job, records.finish(4.0), result=b"picture")
    assert stores.durable.get("a") == job.record
    assert stores.durable.result("a") == b"picture"
    await stores.close()


async def test_a_change_that_is_refused_leaves_the_job() -> None:
    stores = StoreThread(MemoryStore)
    record = stores.durable.add(RECORD, b"request")
    job = LiveJob(record=record, store=stores.durable)
    with pytest.raises(IllegalTransition):
        await stores.change(job, records.finish(4.0))
    assert job.record == record == stores.durable.get("a")
    await stores.close()
