"""Both stores do the same as a model, whatever the order of calls and however often they are reopened."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from pipelines.contract.errors import SdapiError, StoreInUse
from pipelines.contract.failure import Failure
from pipelines.jobs import records
from pipelines.jobs.memory_store import MemoryStore
from pipelines.jobs.records import JobRecord, Transition
from pipelines.jobs.sqlite_store import SqliteStore
from pipelines.jobs.states import ACTIVE, FINAL, TRANSITIONS, IllegalTransition, JobState
from pipelines.jobs.store import DuplicateJob, JobStore, Retention, UnknownJob

IDS = st.sampled_from(["a", "b", "c", "d", "ünïcode", "'; DROP TABLE jobs"])
FAILURE = Failure(kind="OutOfMemory", message="none \ud800 left", field="width")


class StoreMachine(RuleBasedStateMachine):
    """Drives a store and a dictionary with the same calls."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.clock = 0.0
        self.sequence = 0
        self.model: dict[str, JobRecord] = {}
        self.requests: dict[str, bytes] = {}
        self.results: dict[str, bytes] = {}
        self.store: JobStore = self.open_store()

    def open_store(self) -> JobStore:
        """The store under test."""
        return MemoryStore()

    def teardown(self) -> None:
        """Leave no file behind."""
        self.store.close()
        shutil.rmtree(self.folder)

    def now(self) -> float:
        """A time later than all before."""
        self.clock += 1.0
        return self.clock

    def step(self, job_id: str, change: Transition, after: JobState, result: bytes | None = None) -> None:
        """Take a step in both; what the model forbids must leave the store as it was."""
        before = self.model.get(job_id)
        if before is None:
            with pytest.raises(UnknownJob):
                self.store.update(job_id, change, result=result)
        elif after not in TRANSITIONS[before.state]:
            with pytest.raises(IllegalTransition):
                self.store.update(job_id, change, result=result)
        else:
            self.model[job_id] = change(before)
            assert self.store.update(job_id, change, result=result) == self.model[job_id]
            if result is not None:
                self.results[job_id] = result

    @rule(
        job_id=IDS,
        request=st.binary(max_size=9),
        priority=st.integers(-9, 9),
        client=st.text("xy", max_size=2),
    )
    def add(self, job_id: str, request: bytes, priority: int, client: str) -> None:
        record = JobRecord(id=job_id, kind="txt2img", created=self.now(), priority=priority, client=client)
        before = self.model.get(job_id)
        if before is not None and not before.state.final:
            with pytest.raises(DuplicateJob):
                self.store.add(record, request)
            return
        added = self.store.add(record, request)
        assert added.sequence > self.sequence
        self.sequence = added.sequence
        self.model.pop(job_id, None)
        self.results.pop(job_id, None)
        self.model[job_id] = replace(record, sequence=added.sequence)
        self.requests[job_id] = request

    @rule(job_id=IDS, owner=st.sampled_from(["one", "two"]))
    def claim(self, job_id: str, owner: str) -> None:
        self.step(job_id, records.claim(owner, self.now(), 3.0), JobState.RUNNING)

    @rule(job_id=IDS, lost=st.booleans())
    def release(self, job_id: str, lost: bool) -> None:
        self.step(job_id, records.release(lost=lost), JobState.QUEUED)

    @rule(job_id=IDS, result=st.binary(max_size=9))
    def finish(self, job_id: str, result: bytes) -> None:
        self.step(job_id, records.finish(self.now()), JobState.DONE, result)

    @rule(job_id=IDS)
    def fail(self, job_id: str) -> None:
        self.step(job_id, records.fail(FAILURE, self.now()), JobState.FAILED)

    @rule(job_id=IDS)
    def cancel(self, job_id: str) -> None:
        self.step(job_id, records.cancel(self.now()), JobState.CANCELLED)

    @rule(owner=st.sampled_from(["one", "two"]))
    def renew(self, owner: str) -> None:
        until = self.now() + 3.0
        self.store.renew(owner, until)
        for job_id, record in self.model.items():
            if record.owner == owner:
                self.model[job_id] = replace(record, lease_until=until)

    @rule(count=st.integers(0, 4), size=st.integers(0, 40), seconds=st.integers(0, 20))
    def trim(self, count: int, size: int, seconds: int) -> None:
        ended = [record for record in self.model.values() if record.state.final]
        ended.sort(key=lambda record: (record.ended, record.sequence), reverse=True)
        total, gone = 0, 0
        for place, record in enumerate(ended):
            total += len(self.requests[record.id]) + len(self.results.get(record.id, b""))
            if place >= count or total > size or record.ended < self.clock - seconds:
                del self.model[record.id]
                self.results.pop(record.id, None)
                gone += 1
        assert self.store.trim(Retention(count=count, size=size, seconds=seconds), self.clock) == gone

    @rule(job_id=IDS)
    def forget(self, job_id: str) -> None:
        record = self.model.get(job_id)
        gone = record is not None and record.state.final
        if gone:
            del self.model[job_id]
            self.results.pop(job_id, None)
        assert self.store.forget(job_id) is gone

    @precondition(lambda self: not isinstance(self.store, MemoryStore))
    @rule()
    def reopen(self) -> None:
        self.store.close()
        self.store = self.open_store()

    @invariant()
    def holds_what_the_model_holds(self) -> None:
        ordered = sorted(self.model.values(), key=lambda record: record.sequence)
        assert list(self.store.records(set(JobState))) == ordered
        assert list(self.store.records(ACTIVE)) == [r for r in ordered if not r.state.final]
        assert list(self.store.records(FINAL, 2)) == [r for r in ordered if r.state.final][-2:]
        for job_id in self.model:
            assert self.store.get(job_id) == self.model[job_id]
            assert self.store.request(job_id) == self.requests[job_id]
            assert self.store.result(job_id) == self.results.get(job_id)

    @invariant()
    def a_finished_job_has_its_result(self) -> None:
        assert all(self.store.result(r.id) is not None for r in self.store.records({JobState.DONE}))


class SqliteMachine(StoreMachine):
    """The same for the durable store."""

    def open_store(self) -> JobStore:
        """Open the file of this run."""
        return SqliteStore(self.folder / "jobs.sqlite")


class TestMemoryStore(StoreMachine.TestCase):
    """The twin in memory."""

    settings = settings(max_examples=30, stateful_step_count=30, deadline=None)


class TestSqliteStore(SqliteMachine.TestCase):
    """The durable store, on a file that is reopened now and then."""

    settings = settings(max_examples=15, stateful_step_count=30, deadline=None)


@pytest.mark.slow
class TestSqliteStoreLong(SqliteMachine.TestCase):
    """10,000 steps and more."""

    settings = settings(max_examples=200, stateful_step_count=60, deadline=None)


def make_record(job_id: str = "a") -> JobRecord:
    """A record that has never been stored."""
    return JobRecord(id=job_id, kind="txt2img", created=1.0)


@pytest.mark.parametrize("name", ["request", "result"])
@pytest.mark.parametrize("in_file", [False, True])
def test_an_unknown_job_is_said_to_be_unknown(name: str, in_file: bool, tmp_path: Path) -> None:
    store: Any = SqliteStore(tmp_path / "jobs.sqlite") if in_file else MemoryStore()
    assert store.get("nobody") is None
    with pytest.raises(UnknownJob):
        getattr(store, name)("nobody")
    store.close()


def test_the_file_belongs_to_one_server(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "jobs.sqlite", bounds=0.1)
    with pytest.raises(StoreInUse, match="another server"):
        SqliteStore(tmp_path / "jobs.sqlite", bounds=0.1)
    store.close()
    SqliteStore(tmp_path / "jobs.sqlite").close()


def test_a_file_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "jobs.sqlite"
    SqliteStore(path).close()
    db = sqlite3.connect(path)
    db.execute("PRAGMA user_version=99")
    db.close()
    with pytest.raises(SdapiError, match="version 99"):
        SqliteStore(path)


def test_a_file_of_another_program_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "jobs.sqlite"
    path.write_bytes(b"not a database, but long enough to look like one" * 100)
    with pytest.raises(SdapiError, match=r"jobs\.sqlite"):
        SqliteStore(path)


def test_a_step_that_fails_halfway_changes_nothing(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "jobs.sqlite")
    store.add(make_record(), b"request")
    running = store.update("a", records.claim("me", 1.0, 3.0))

    def stumble(record: JobRecord) -> JobRecord:
        raise RuntimeError("out of luck")

    with pytest.raises(RuntimeError):
        store.update("a", stumble, result=b"picture")
    assert (store.get("a"), store.result("a")) == (running, None)
    store.close()


def test_space_of_forgotten_jobs_is_given_back(tmp_path: Path) -> None:
    path = tmp_path / "jobs.sqlite"
    store = SqliteStore(path)
    for name in "abcdefgh":
        store.add(make_record(name), bytes(1_000_000))
        store.update(name, records.cancel(1.0))
    store.trim(Retention(count=1), 2.0)
    store.close()
    assert path.stat().st_size < 2_000_000


@pytest.mark.parametrize("kind", ["memory", "sqlite"])
@pytest.mark.parametrize(
    ("first", "second", "makes_way"),
    [
        ("", "127.0.0.1", True),
        ("127.0.0.1", "::1", True),
        ("key:a", "key:a", True),
        ("key:a", "key:b", False),
        ("key:a", "127.0.0.1", False),
        ("127.0.0.1", "key:a", False),
    ],
)
def test_an_id_stays_with_its_person(
    kind: str, first: str, second: str, makes_way: bool, tmp_path: Path
) -> None:
    store: JobStore = MemoryStore() if kind == "memory" else SqliteStore(tmp_path / "jobs.sqlite")
    store.add(JobRecord(id="x", kind="txt2img", created=1.0, client=first), b"first")
    store.update("x", records.cancel(2.0))
    again = JobRecord(id="x", kind="txt2img", created=3.0, client=second)
    if makes_way:
        store.add(again, b"second")
    else:
        with pytest.raises(DuplicateJob):
            store.add(again, b"second")
    assert store.request("x") == (b"second" if makes_way else b"first")
    store.close()
