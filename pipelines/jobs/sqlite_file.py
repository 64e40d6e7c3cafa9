"""SQLite files: how they are opened, and changes that are made whole or not at all."""

from __future__ import annotations

import sqlite3
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path

WAIT = 5.0
"""Seconds to wait for another connection to let go of the file."""
SHARED = ("journal_mode = WAL", "synchronous = NORMAL")
"""Readers never wait; the last commits may be lost when the power fails, and nothing is damaged."""
MEMORY = ":memory:"


def open_sqlite(
    path: Path | str | None, pragmas: Sequence[str] = SHARED, *, wait: float = WAIT
) -> sqlite3.Connection:
    """Connect to a file; None is in memory. Threads may share it, one at a time; it begins no transactions.

    The folder is made. Raises sqlite3.DatabaseError for what is no database, and holds no file open then.
    """
    place = MEMORY if path is None else path
    if place != MEMORY:
        Path(place).parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(place, timeout=wait, isolation_level=None, check_same_thread=False)
    try:
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}").fetchall()
    except BaseException:
        connection.close()
        raise
    return connection


@contextmanager
def transaction(connection: sqlite3.Connection) -> Generator[sqlite3.Connection]:
    """While entered, what is changed is one transaction: committed at the end, taken back after an exception.

    Within another it is a part of that one.
    """
    if connection.in_transaction:
        yield connection
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield connection
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
