"""The job store in a file: files of other versions and programs, and errors that say what helps."""

from __future__ import annotations

import logging
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from pipelines.contract.errors import DiskFull, NotWritten, SdapiError, StoreInUse
from pipelines.jobs import records, sqlite_store
from pipelines.jobs.records import JobRecord
from pipelines.jobs.sqlite_store import SqliteStore
from pipelines.jobs.states import JobState


def write(path: Path, *tables: str) -> None:
    """A database with these tables and one row in each."""
    with closing(sqlite3.connect(path)) as db:
        for table in tables:
            db.execute(f"CREATE TABLE {table} (id TEXT)")
            db.execute(f"INSERT INTO {table} VALUES ('kept')")
        db.commit()


def test_a_store_without_a_version_is_set_aside(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "jobs.sqlite"
    for number in (1, 2):
        path.unlink(missing_ok=True)
        write(path, "jobs", "requests")
        with caplog.at_level(logging.WARNING):
            store = SqliteStore(path)
        assert list(store.records(list(JobState))) == []
        store.close()
        aside = tmp_path / f"jobs.sqlite.old-{number}"
        assert str(aside) in caplog.text
        with closing(sqlite3.connect(aside)) as db:
            assert db.execute("SELECT id FROM jobs").fetchall() == [("kept",)]
    again = SqliteStore(path)
    again.close()
    assert len(list(tmp_path.glob("*.old-*"))) == 2


def test_a_database_of_another_program_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "mail.sqlite"
    write(path, "mails")
    with pytest.raises(SdapiError, match="another program: mails"):
        SqliteStore(path)
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("SELECT id FROM mails").fetchall() == [("kept",)]


def test_jobs_of_the_first_version_go_on(tmp_path: Path) -> None:
    path = tmp_path / "jobs.sqlite"
    SqliteStore(path).close()
    with closing(sqlite3.connect(path)) as db:
        db.execute("ALTER TABLE jobs RENAME COLUMN batch_group TO company")
        db.execute("PRAGMA user_version=1")
        values = {"id": "old", "kind": "txt2img", "state": "done", "company": "a"}
        numbers = ("created", "priority", "started", "ended", "attempts", "losses", "lease_until")
        texts = ("client", "fingerprint", "checkpoint", "webhook", "owner")
        values |= dict.fromkeys(numbers, 0) | dict.fromkeys(texts, "")
        marks = ", ".join("?" * len(values))
        db.execute(f"INSERT INTO jobs ({', '.join(values)}) VALUES ({marks})", [*values.values()])
        db.commit()
    store = SqliteStore(path)
    (record,) = store.records([JobState.DONE])
    assert (record.id, record.batch_group) == ("old", "a")
    store.close()


@pytest.mark.parametrize(
    ("error", "kind", "text"),
    [
        (sqlite3.OperationalError("database or disk is full"), DiskFull, "no room is left on the disk"),
        (
            sqlite3.OperationalError("attempt to write a readonly database"),
            NotWritten,
            "another one with --db",
        ),
        (sqlite3.OperationalError("unable to open database file"), NotWritten, "another one with --db"),
        (sqlite3.OperationalError("database is locked"), StoreInUse, "is another server running?"),
        (sqlite3.DatabaseError("file is not a database"), SdapiError, "is no job store, or a damaged one"),
    ],
)
def test_a_file_that_cannot_be_opened_says_what_helps(
    error: sqlite3.DatabaseError,
    kind: type[SdapiError],
    text: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(*arguments: object, **options: object) -> None:
        raise error

    monkeypatch.setattr(sqlite_store, "open_sqlite", refuse)
    path = tmp_path / "jobs.sqlite"
    with pytest.raises(SdapiError) as caught:
        SqliteStore(path)
    assert type(caught.value) is kind
    assert str(path) in caught.value.message and text in caught.value.message


def test_a_place_that_is_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotWritten, match="no file can be there"):
        SqliteStore(tmp_path)


def test_sequences_never_come_again(tmp_path: Path) -> None:
    path = tmp_path / "jobs.sqlite"
    store = SqliteStore(path)
    first = store.add(JobRecord(id="a", kind="txt2img", created=1.0), b"request")
    store.update("a", records.cancel(2.0))
    assert store.forget("a")
    store.close()
    again = SqliteStore(path)
    assert again.add(JobRecord(id="b", kind="txt2img", created=3.0), b"request").sequence > first.sequence
    again.close()
