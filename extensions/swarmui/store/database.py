"""One SQLite file, used by one thread at a time."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from threading import RLock

from pipelines.plugin import open_sqlite, set_aside, transaction

log = logging.getLogger(__name__)

SCHEMA = """
create table if not exists facts (name text primary key, value blob not null);
create table if not exists kept (
    owner text not null, kind text not null, name text not null, value text not null,
    primary key (owner, kind, name));
create table if not exists folders (path text primary key, stamp integer not null);
create table if not exists pictures (
    folder text not null, name text not null, node integer not null, changed integer not null,
    size integer not null, metadata text, is_read integer not null default 0,
    primary key (folder, name)) without rowid;
drop index if exists by_date;
"""
"""Without an index by date: to keep one costs more than to sort a folder."""


class Database:
    """A connection that is opened when first used; every use is a transaction."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._lock = RLock()
        self._connection: sqlite3.Connection | None = None

    @contextmanager
    def use(self) -> Generator[sqlite3.Connection]:
        """The connection, for the thread that holds it."""
        with self._lock:
            if self._connection is None:
                self._connection = self._opened()
            with transaction(self._connection) as connection:
                yield connection

    def close(self) -> None:
        """Close the file; the next use opens it again."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def _opened(self) -> sqlite3.Connection:
        try:
            return _connect(self._path)
        except sqlite3.DatabaseError:
            if self._path is None:
                raise
            place = set_aside(self._path)
            log.exception("%s can't be read: it is now %s, and a new one is begun", self._path, place)
            return _connect(self._path)


def _connect(path: Path | None) -> sqlite3.Connection:
    connection = open_sqlite(path)
    try:
        connection.executescript(SCHEMA)
    except sqlite3.DatabaseError:
        connection.close()
        raise
    return connection
