"""SQLite files: pragmas, changes that are whole or not at all, and what is no database."""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from pathlib import Path

import pytest

from pipelines.jobs.sqlite_file import open_sqlite, transaction


def rows(connection: sqlite3.Connection) -> list[int]:
    return [row[0] for row in connection.execute("SELECT * FROM numbers")]


def test_changes_are_whole_or_not_at_all(tmp_path: Path) -> None:
    file = tmp_path / "new" / "a.sqlite"
    with closing(open_sqlite(file)) as connection:
        connection.execute("CREATE TABLE numbers (number INTEGER PRIMARY KEY)")
        with transaction(connection) as same:
            assert same is connection
            connection.execute("INSERT INTO numbers VALUES (1)")
        with pytest.raises(sqlite3.IntegrityError), transaction(connection):
            connection.executemany("INSERT INTO numbers VALUES (?)", [(2,), (1,)])
        assert rows(connection) == [1]
    with closing(open_sqlite(file)) as again:
        assert rows(again) == [1]
        assert again.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_an_inner_transaction_is_a_part_of_the_outer() -> None:
    with closing(open_sqlite(None)) as connection:
        connection.execute("CREATE TABLE numbers (number INTEGER)")
        with transaction(connection):
            with suppress(sqlite3.OperationalError), transaction(connection):
                connection.execute("INSERT INTO numbers VALUES (1)")
                connection.execute("no statement")
            connection.execute("INSERT INTO numbers VALUES (2)")
        assert rows(connection) == [1, 2]


def test_what_sqlite_took_back_itself_is_not_taken_back_again() -> None:
    with closing(open_sqlite(None)) as connection:
        with suppress(sqlite3.OperationalError), transaction(connection):
            connection.execute("ROLLBACK")  # as it does when a disk is full
            raise sqlite3.OperationalError
        assert not connection.in_transaction


def test_what_is_no_database_is_let_go(tmp_path: Path) -> None:
    file = tmp_path / "a.sqlite"
    file.write_bytes(b"no database, but long enough to be taken for one" * 100)
    with pytest.raises(sqlite3.DatabaseError):
        open_sqlite(file)
    file.unlink()
    with closing(open_sqlite(file, ("user_version = 7",), wait=0.1)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (7,)
