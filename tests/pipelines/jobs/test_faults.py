"""A disk that is full, a store that is gone: one job fails clearly and the service goes on."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from pipelines.contract.errors import OutOfMemory, StoreFailed
from pipelines.jobs.memory_store import MemoryStore
from pipelines.jobs.records import JobRecord, Transition
from pipelines.jobs.sqlite_store import SqliteStore
from tests.pipelines.jobs.helpers import make_request, running_service, until
from tests.pipelines.jobs.test_service import images, started


class FullStore(MemoryStore):
    """A store on a disk that is full while ``full`` is set: for results, or for everything."""

    def __init__(self) -> None:
        super().__init__()
        self.full = ""

    def add(self, record: JobRecord, request: bytes) -> JobRecord:
        """Fails if nothing fits."""
        if self.full == "everything":
            raise sqlite3.OperationalError("database or disk is full")
        return super().add(record, request)

    def update(self, job_id: str, change: Transition, *, result: bytes | None = None) -> JobRecord:
        """Fails for results, and for the rest if nothing fits."""
        if self.full == "everything" or (self.full and result is not None):
            raise sqlite3.OperationalError("database or disk is full")
        return super().update(job_id, change, result=result)


async def test_a_job_that_cannot_be_stored_is_refused() -> None:
    store = FullStore()

    async with running_service(open_store=lambda: store) as service:
        store.full = "everything"
        with pytest.raises(StoreFailed, match="disk is full"):
            await service.submit(make_request(), job_id="x")
        store.full = ""
        assert images(await (await service.submit(make_request(), job_id="x")).result()) == [b"1:0:3"]


@pytest.mark.parametrize("full", ["results", "everything"])
async def test_a_result_that_cannot_be_stored_is_still_delivered(full: str) -> None:
    store = FullStore()

    async with running_service(open_store=lambda: store) as service:
        handle = await service.submit(make_request(steps=30), job_id="x")
        await until(lambda: started(service, "x"))
        store.full = full
        assert images(await handle.result()) == [b"1:0:30"]
        store.full = ""
        again = await service.submit(make_request(seed=2), job_id="x")
        assert (again.id, images(await again.result())) == ("x-2", [b"2:0:3"])
        assert list(service.finished()) == ["x", "x-2"]
        await service.runner.endings.write_late()
        assert images(await (await service.handle("x")).result()) == [b"1:0:30"]


async def test_a_job_that_cannot_be_claimed_fails_and_the_engine_stays_free() -> None:
    store = FullStore()

    async with running_service(open_store=lambda: store) as service:
        blocker = await service.submit(make_request(steps=60), job_id="blocker")
        await until(lambda: started(service, "blocker"))
        handle = await service.submit(make_request(), job_id="x")
        store.full = "everything"
        await blocker.result()
        with pytest.raises(StoreFailed, match="disk is full"):
            await handle.result()
        store.full = ""
        assert images(await (await service.submit(make_request())).result()) == [b"1:0:3"]


async def test_the_picture_after_a_shortage_of_memory_is_the_one_before() -> None:
    async with running_service() as service:
        before = await (await service.submit(make_request(seed=3))).result()
        with pytest.raises(OutOfMemory):
            await (await service.submit(make_request("oom"))).result()
        assert await (await service.submit(make_request(seed=3))).result() == before


def test_a_file_that_is_full_refuses_and_stays_whole(tmp_path: Path) -> None:
    path = tmp_path / "jobs.sqlite"
    store = SqliteStore(path)
    store.add(JobRecord(id="a", kind="txt2img", created=1.0), b"request")
    store._db.execute("PRAGMA max_page_count=64")  # pyright: ignore[reportPrivateUsage]
    with pytest.raises(sqlite3.OperationalError, match="full"):
        store.add(JobRecord(id="b", kind="txt2img", created=1.0), bytes(10_000_000))
    assert store.get("b") is None
    assert store.request("a") == b"request"
    store.close()
