"""Items change as their jobs do, and what engines write down is told once."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from extensions.invokeai.service.follow import KIND, Follower
from extensions.invokeai.service.sockets import SocketHub
from extensions.invokeai.store.store import InvokeStore
from pipelines.contract.failure import Failure
from pipelines.jobs.events import Happening, JobEvent
from pipelines.jobs.states import JobState
from pipelines.jobs.view import JobView
from tests.sdapi.fakes import FakeJobs


class Heard(SocketHub):
    """Keeps what clients would be told."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[tuple[str, Mapping[str, Any]]] = []

    @property
    def heard(self) -> bool:
        return True

    async def tell(self, name: str, data: Mapping[str, Any], *, queue_id: str, client: str = "") -> None:
        self.told.append((name, data))


@pytest.fixture
def store(tmp_path: Path) -> InvokeStore:
    return InvokeStore(tmp_path)


def add(store: InvokeStore, job_id: str) -> int:
    facts = {"queue_id": "default", "batch_id": "b", "session_id": "s", "priority": 0, "origin": "o"}
    (item_id,) = store.items.add([{**facts, "job_id": job_id, "session": {}}])
    return item_id


def status(store: InvokeStore, item_id: int) -> tuple[str, str | None]:
    item = store.items.get(item_id)
    assert item is not None
    return item["status"], item["error_type"]


def event(what: Happening, job_id: str, **more: Any) -> JobEvent:
    return JobEvent(what=what, job=JobView(id=job_id, kind=KIND, **more))


@pytest.mark.anyio
async def test_nothing_is_put_together_for_nobody(
    store: InvokeStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub, item_id = SocketHub(), add(store, "j")
    looked: list[int] = []
    monkeypatch.setattr(store.items, "get", looked.append)
    await Follower(FakeJobs(), store, hub).ended(item_id, "canceled")
    assert looked == [] and not hub.heard


@pytest.mark.anyio
async def test_it_ends_though_an_event_comes_at_that_moment(store: InvokeStore) -> None:
    add(store, "j")
    follower = Follower(FakeJobs(), store, Heard())
    await follower.take(event(Happening.STARTED, "j"))
    task = asyncio.create_task(follower.run())
    for _ in range(3):  # until it waits
        await asyncio.sleep(0)
    follower.listen(event(Happening.ADVANCED, "j"))
    task.cancel()
    await asyncio.wait({task}, timeout=5)
    assert task.cancelled()


@pytest.mark.anyio
async def test_an_item_follows_its_job(store: InvokeStore) -> None:
    heard, item_id = Heard(), add(store, "j")
    follower = Follower(FakeJobs(), store, heard)
    await follower.take(event(Happening.STARTED, "j"))
    assert status(store, item_id) == ("in_progress", None)
    store.events.tell(item_id, "invocation_started", {"invocation_source_id": "n"})
    failure = Failure(kind="InvalidRequest", message="no")
    await follower.take(event(Happening.ENDED, "j", state=JobState.FAILED, failure=failure))
    assert status(store, item_id) == ("failed", "InvalidRequest")
    names = [name for name, _ in heard.told]
    assert names == ["queue_item_status_changed", "invocation_started", "queue_item_status_changed"]
    started = heard.told[1][1]
    assert (started["item_id"], started["origin"], started["invocation_source_id"]) == (item_id, "o", "n")
    assert heard.told[2][1]["batch_status"]["failed"] == 1


@pytest.mark.anyio
async def test_all_events_of_an_item_come_before_its_end(
    store: InvokeStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("extensions.invokeai.store.events.MOST", 2)
    heard, item_id = Heard(), add(store, "j")
    follower = Follower(FakeJobs(), store, heard)
    for number in range(5):
        store.events.tell(item_id, "invocation_progress", {"number": number})
    await follower.take(event(Happening.ENDED, "j", state=JobState.DONE))
    assert [data.get("number") for _, data in heard.told] == [0, 1, 2, 3, 4, None]


@pytest.mark.anyio
async def test_jobs_of_others_are_nothing_to_it(store: InvokeStore) -> None:
    heard = Heard()
    await Follower(FakeJobs(), store, heard).take(event(Happening.STARTED, "unknown"))
    assert heard.told == []


@pytest.mark.anyio
async def test_items_of_an_earlier_server_are_as_their_jobs_are(store: InvokeStore) -> None:
    done, lost = add(store, "done"), add(store, "lost")
    jobs = FakeJobs(view=JobView(id="done", kind=KIND, state=JobState.DONE, active=False))
    await Follower(jobs, store, Heard()).recover()
    assert status(store, done) == ("completed", None)
    assert status(store, lost) == ("failed", "EngineLost")
