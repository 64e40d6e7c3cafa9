"""The durable job store: one SQLite file in WAL mode, held by one server at a time.

``synchronous=FULL`` makes a commit survive a power cut; a result and the state that announces it are
committed together.
"""

from __future__ import annotations

import json
import logging
import sqlite3
from collections.abc import Collection, Generator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, fields, replace
from pathlib import Path
from threading import Lock
from typing import Any

from pipelines.contract.errors import DiskFull, NotWritten, SdapiError, StoreInUse
from pipelines.contract.failure import Failure
from pipelines.jobs.records import JobRecord, Transition
from pipelines.jobs.set_aside import set_aside
from pipelines.jobs.sqlite_file import open_sqlite, transaction
from pipelines.jobs.states import FINAL, JobState
from pipelines.jobs.store import DuplicateJob, Retention, UnknownJob, makes_way

log = logging.getLogger(__name__)

VERSION = 2

SCHEMA = """
CREATE TABLE jobs (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    created REAL NOT NULL,
    priority INTEGER NOT NULL,
    client TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    checkpoint TEXT NOT NULL,
    batch_group TEXT NOT NULL,
    webhook TEXT NOT NULL,
    started REAL NOT NULL,
    ended REAL NOT NULL,
    attempts INTEGER NOT NULL,
    losses INTEGER NOT NULL,
    owner TEXT NOT NULL,
    lease_until REAL NOT NULL,
    failure TEXT
) STRICT;
CREATE INDEX jobs_by_state ON jobs (state, sequence);
CREATE TABLE requests (
    sequence INTEGER PRIMARY KEY REFERENCES jobs ON DELETE CASCADE, data BLOB NOT NULL
) STRICT;
CREATE TABLE results (
    sequence INTEGER PRIMARY KEY REFERENCES jobs ON DELETE CASCADE, data BLOB NOT NULL
) STRICT;
"""

PRAGMAS = (
    "locking_mode = EXCLUSIVE",
    "auto_vacuum = INCREMENTAL",
    "journal_mode = WAL",
    "synchronous = FULL",
    "foreign_keys = ON",
)
ELSEWHERE = "move it away, or name another one with --db"

COLUMNS = tuple(f.name for f in fields(JobRecord))
_SELECT = f"SELECT {', '.join(COLUMNS)} FROM jobs"
_INSERT = f"INSERT INTO jobs ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})"
_UPDATE = f"UPDATE jobs SET {', '.join(f'{name} = ?' for name in COLUMNS)} WHERE sequence = ?"


class _Unversioned(Exception):
    """The file is a job store from before versions."""


class SqliteStore:
    """A ``JobStore`` in a file. Calls may come from any thread, one is served at a time."""

    def __init__(self, path: Path | str, bounds: float = 5.0) -> None:
        """Open or create the file; wait ``bounds`` seconds for another server to let go of it.

        A store from before versions is set aside with a warning. Raises StoreInUse, or SdapiError if the
        file is of a newer version or of another program.
        """
        self._lock = Lock()
        try:
            self._open(path, bounds)
        except _Unversioned:
            place = set_aside(Path(path))
            log.warning(
                "%s is of an older version without a number: it is now %s, and empty anew", path, place
            )
            self._open(path, bounds)

    def _open(self, path: Path | str, bounds: float) -> None:
        try:
            self._db = open_sqlite(path, PRAGMAS, wait=bounds)
        except sqlite3.DatabaseError as error:
            raise _refusal(path, error) from error
        try:
            self._prepare()
        except sqlite3.DatabaseError as error:
            self._db.close()
            raise _refusal(path, error) from error
        except BaseException:
            self._db.close()
            raise

    def _prepare(self) -> None:
        with self._transaction():
            version = int(self._db.execute("PRAGMA user_version").fetchone()[0])
            if version > VERSION:
                raise SdapiError(f"the job store is of version {version}, this server knows {VERSION}")
            if version == 1:
                self._db.execute("ALTER TABLE jobs RENAME COLUMN company TO batch_group")
                self._db.execute(f"PRAGMA user_version={VERSION}")
            if version == 0:
                self._check_tables()
                for statement in filter(str.strip, SCHEMA.split(";")):
                    self._db.execute(statement)
                self._db.execute(f"PRAGMA user_version={VERSION}")

    def _check_tables(self) -> None:
        """Raise for tables in a file without a version: of an old job store, or of another program."""
        rows = self._db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        tables = {str(row[0]) for row in rows} - {"sqlite_sequence"}
        if {"jobs", "requests"} <= tables:
            raise _Unversioned
        if tables:
            raise SdapiError(f"the job store has tables of another program: {', '.join(sorted(tables))}")

    @contextmanager
    def _transaction(self) -> Generator[None]:
        with self._lock, transaction(self._db):
            yield

    def add(self, record: JobRecord, request: bytes) -> JobRecord:
        with self._transaction():
            old = self._find(record.id)
            if old is not None and not makes_way(old, record):
                raise DuplicateJob(record.id)
            self._db.execute("DELETE FROM jobs WHERE id = ?", (record.id,))
            cursor = self._db.execute(_INSERT, _row(record, sequence=None))
            sequence = int(cursor.lastrowid or 0)
            self._db.execute("INSERT INTO requests VALUES (?, ?)", (sequence, request))
        return replace(record, sequence=sequence)

    def get(self, job_id: str) -> JobRecord | None:
        with self._lock:
            return self._find(job_id)

    def request(self, job_id: str) -> bytes:
        data = self._blob("requests", job_id)
        if data is None:
            raise UnknownJob(job_id)
        return data

    def request_size(self, job_id: str) -> int:
        query = "SELECT length(data) FROM requests WHERE sequence = ?"
        with self._lock:
            row = self._db.execute(query, (self._known(job_id).sequence,)).fetchone()
        return 0 if row is None else int(row[0])

    def result(self, job_id: str) -> bytes | None:
        return self._blob("results", job_id)

    def update(self, job_id: str, change: Transition, *, result: bytes | None = None) -> JobRecord:
        with self._transaction():
            before = self._known(job_id)
            record = change(before)
            if result is not None:
                self._db.execute("INSERT OR REPLACE INTO results VALUES (?, ?)", (before.sequence, result))
            self._db.execute(_UPDATE, (*_row(record, sequence=before.sequence), before.sequence))
        return record

    def records(self, states: Collection[JobState], limit: int | None = None) -> Sequence[JobRecord]:
        marks = ", ".join("?" * len(states))
        query = f"{_SELECT} WHERE state IN ({marks}) ORDER BY sequence DESC LIMIT ?"
        with self._lock:
            rows = self._db.execute(query, (*states, -1 if limit is None else limit)).fetchall()
        return [_record(row) for row in reversed(rows)]

    def renew(self, owner: str, until: float) -> None:
        with self._transaction():
            self._db.execute(
                "UPDATE jobs SET lease_until = ? WHERE owner = ? AND state = ?",
                (until, owner, JobState.RUNNING),
            )

    def trim(self, retention: Retention, now: float) -> int:
        marks = ", ".join("?" * len(FINAL))
        query = (
            "SELECT sequence, ended, (SELECT length(data) FROM requests r WHERE r.sequence = j.sequence)"
            " + coalesce((SELECT length(data) FROM results s WHERE s.sequence = j.sequence), 0)"
            f" FROM jobs j WHERE state IN ({marks}) ORDER BY ended DESC, sequence DESC"
        )
        with self._transaction():
            gone: list[tuple[int]] = []
            size = 0
            for kept, (sequence, ended, bytes_) in enumerate(
                self._db.execute(query, tuple(FINAL)).fetchall()
            ):
                size += bytes_
                if kept >= retention.count or size > retention.size or ended < now - retention.seconds:
                    gone.append((sequence,))
            self._db.executemany("DELETE FROM jobs WHERE sequence = ?", gone)
        if gone:
            with self._lock:
                self._db.executescript("PRAGMA incremental_vacuum")
        return len(gone)

    def forget(self, job_id: str) -> bool:
        with self._transaction():
            record = self._find(job_id)
            if record is None or not record.state.final:
                return False
            self._db.execute("DELETE FROM jobs WHERE id = ?", (job_id,))
        return True

    def close(self) -> None:
        """Write everything into the one file and let go of it."""
        with self._lock:
            self._db.close()

    def _find(self, job_id: str) -> JobRecord | None:
        row = self._db.execute(f"{_SELECT} WHERE id = ?", (job_id,)).fetchone()
        return None if row is None else _record(row)

    def _known(self, job_id: str) -> JobRecord:
        record = self._find(job_id)
        if record is None:
            raise UnknownJob(job_id)
        return record

    def _blob(self, table: str, job_id: str) -> bytes | None:
        with self._lock:
            sequence = self._known(job_id).sequence
            row = self._db.execute(f"SELECT data FROM {table} WHERE sequence = ?", (sequence,)).fetchone()
        return None if row is None else bytes(row[0])


def _refusal(path: Path | str, error: sqlite3.DatabaseError) -> SdapiError:
    """Return the error for a file that can't be used as a job store, with what helps."""
    text = str(error)
    if not isinstance(error, sqlite3.OperationalError):
        return SdapiError(f"{path} is no job store, or a damaged one: {text}; {ELSEWHERE}")
    if "full" in text:
        return DiskFull(f"the job store {path} can't be written: no room is left on the disk")
    if "readonly" in text or "unable to open" in text:
        reason = "its place is read-only, or no file can be there"
        return NotWritten(f"the job store {path} can't be opened: {reason}; {ELSEWHERE}")
    return StoreInUse(f"the job store {path} can't be used: {text}; is another server running?")


def _row(record: JobRecord, *, sequence: int | None) -> tuple[Any, ...]:
    """A record's columns; without a sequence, the database gives the next."""
    failure = None if record.failure is None else json.dumps(asdict(record.failure))
    changed = {"sequence": sequence, "failure": failure}
    return tuple(changed.get(name, getattr(record, name)) for name in COLUMNS)


def _record(row: tuple[Any, ...]) -> JobRecord:
    values = dict(zip(COLUMNS, row, strict=True))
    failure = values.pop("failure")
    state = JobState(values.pop("state"))
    return JobRecord(
        **values, state=state, failure=None if failure is None else Failure(**json.loads(failure))
    )
