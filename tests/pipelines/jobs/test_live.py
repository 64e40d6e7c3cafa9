"""Views of jobs that have not ended, and handles to wait on."""

from __future__ import annotations

import asyncio
import calendar
import time
from collections.abc import Iterator

import pytest

from pipelines.contract.codec import encode
from pipelines.contract.errors import InvalidRequest
from pipelines.contract.failure import Failure
from pipelines.contract.progress import Progress
from pipelines.contract.results import TextResult
from pipelines.jobs.live import LiveJob, handle_of, view_of
from pipelines.jobs.memory_store import MemoryStore
from pipelines.jobs.records import JobRecord

MORNING = float(calendar.timegm((2026, 5, 4, 10, 30, 7)))


def job() -> LiveJob:
    record = JobRecord(id="a", kind="txt2img", created=1.0, client="key:me", webhook="http://there")
    return LiveJob(record=record, store=MemoryStore())


@pytest.fixture
def two_hours_east(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine two hours east of Greenwich."""
    with monkeypatch.context() as east:
        east.setenv("TZ", "EAST-2")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.usefixtures("two_hours_east")
def test_the_timestamp_is_the_local_start() -> None:
    record = JobRecord(id="a", kind="txt2img", created=1.0, started=MORNING)
    assert view_of(record).timestamp == "20260504123007"


async def test_a_job_without_an_engine_is_not_active() -> None:
    view = job().view(position=3)
    assert (view.active, view.position, view.timestamp, view.device) == (False, 3, "0", "")
    assert (view.client, view.webhook, view.progress) == ("key:me", "http://there", Progress())


async def test_a_handle_gives_the_result() -> None:
    waiting = job()
    waiting.outcome.set_result(encode(TextResult(text="a cat")))
    handle = handle_of(waiting)
    assert handle.id == "a"
    assert await handle.result() == TextResult(text="a cat")


async def test_a_handle_raises_the_failure() -> None:
    waiting = job()
    waiting.outcome.set_result(Failure(kind="InvalidRequest", message="too wide", field="width"))
    with pytest.raises(InvalidRequest, match="too wide") as caught:
        await handle_of(waiting).result()
    assert caught.value.field == "width"


async def test_a_waiter_that_leaves_cancels_nothing() -> None:
    waiting = job()
    waiter = asyncio.create_task(handle_of(waiting).result())
    await asyncio.sleep(0)
    waiter.cancel()
    await asyncio.wait({waiter})
    assert waiter.cancelled() and not waiting.outcome.cancelled()
