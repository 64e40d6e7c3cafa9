"""One SQLite file that the server and its engines share; each thread has a connection of its own."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from threading import local
from typing import Any

from pipelines.plugin import open_sqlite, transaction

FOLDER = "invokeai"
"""Below the data folder."""
BUSY_SECONDS = 10.0
_SCHEMA = """
CREATE TABLE IF NOT EXISTS images (
    image_name TEXT PRIMARY KEY, image_origin TEXT NOT NULL, image_category TEXT NOT NULL,
    width INTEGER NOT NULL, height INTEGER NOT NULL, session_id TEXT, node_id TEXT, metadata TEXT,
    is_intermediate INTEGER NOT NULL, starred INTEGER NOT NULL DEFAULT 0,
    workflow TEXT, graph TEXT, board_id TEXT, created_at TEXT NOT NULL, updated_at TEXT NOT NULL,
    client TEXT NOT NULL DEFAULT '');
CREATE INDEX IF NOT EXISTS images_by_time ON images (created_at);
CREATE INDEX IF NOT EXISTS images_by_board ON images (board_id, image_category, created_at);
CREATE INDEX IF NOT EXISTS images_by_star ON images (board_id, starred, created_at);
CREATE TABLE IF NOT EXISTS boards (
    board_id TEXT PRIMARY KEY, board_name TEXT NOT NULL, cover_image_name TEXT,
    archived INTEGER NOT NULL DEFAULT 0, is_private INTEGER NOT NULL DEFAULT 0,
    created_at TEXT NOT NULL, updated_at TEXT NOT NULL, client TEXT NOT NULL DEFAULT '');
CREATE TABLE IF NOT EXISTS queue_items (
    item_id INTEGER PRIMARY KEY AUTOINCREMENT, queue_id TEXT NOT NULL, batch_id TEXT NOT NULL,
    session_id TEXT NOT NULL, status TEXT NOT NULL, priority INTEGER NOT NULL, origin TEXT, destination TEXT,
    job_id TEXT NOT NULL, client TEXT NOT NULL DEFAULT '', field_values TEXT, workflow TEXT,
    session TEXT NOT NULL, error_type TEXT, error_message TEXT, error_traceback TEXT,
    retried_from_item_id INTEGER, created_at TEXT NOT NULL, updated_at TEXT NOT NULL,
    started_at TEXT, completed_at TEXT);
CREATE INDEX IF NOT EXISTS items_by_status ON queue_items (queue_id, status);
CREATE INDEX IF NOT EXISTS items_by_batch ON queue_items (batch_id);
CREATE INDEX IF NOT EXISTS items_by_job ON queue_items (job_id);
CREATE TABLE IF NOT EXISTS session_events (
    number INTEGER PRIMARY KEY AUTOINCREMENT, item_id INTEGER NOT NULL, name TEXT NOT NULL,
    data TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS node_cache (
    id INTEGER PRIMARY KEY, enabled INTEGER NOT NULL, clears INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS node_cache_use (
    engine TEXT PRIMARY KEY, size INTEGER NOT NULL, hits INTEGER NOT NULL, misses INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS workflows (
    workflow_id TEXT PRIMARY KEY, name TEXT NOT NULL, description TEXT NOT NULL, category TEXT NOT NULL,
    tags TEXT NOT NULL, workflow TEXT NOT NULL, client TEXT NOT NULL DEFAULT '', created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL, opened_at TEXT);
"""


def _add_owners(connection: sqlite3.Connection) -> None:
    """Add the owner's column, which files of earlier versions lack, to pictures and boards."""
    for table in ("images", "boards"):
        names = [row["name"] for row in connection.execute(f"PRAGMA table_info({table})")]
        if "client" not in names:
            connection.execute(f"ALTER TABLE {table} ADD COLUMN client TEXT NOT NULL DEFAULT ''")


def now() -> str:
    """This moment in UTC, as Invoke writes it."""
    return datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")


class InvokeDatabase:
    """The file ``invokeai.sqlite`` in the extension's part of a data folder."""

    def __init__(self, data: Path) -> None:
        self.folder = data / FOLDER
        self._local = local()

    def _connection(self) -> sqlite3.Connection:
        found: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if found is None:
            found = open_sqlite(self.folder / "invokeai.sqlite", wait=BUSY_SECONDS)
            found.row_factory = sqlite3.Row
            found.executescript(_SCHEMA)
            _add_owners(found)
            self._local.connection = found
        return found

    def rows(self, sql: str, values: Iterable[Any] = ()) -> list[sqlite3.Row]:
        """All rows of a query."""
        return self._connection().execute(sql, tuple(values)).fetchall()

    def row(self, sql: str, values: Iterable[Any] = ()) -> sqlite3.Row | None:
        """The first row of a query."""
        return self._connection().execute(sql, tuple(values)).fetchone()

    def number(self, sql: str, values: Iterable[Any] = ()) -> int:
        """The one number that a query answers."""
        found = self.row(sql, values)
        return int(found[0] or 0) if found is not None else 0

    def change(self, sql: str, values: Iterable[Any] = ()) -> int:
        """Run one statement; the number of rows it changed."""
        return self._connection().execute(sql, tuple(values)).rowcount

    def insert(self, table: str, values: dict[str, Any]) -> int:
        """Add a row; its rowid."""
        names, marks = ", ".join(values), ", ".join("?" * len(values))
        sql = f"INSERT INTO {table} ({names}) VALUES ({marks})"
        return int(self._connection().execute(sql, tuple(values.values())).lastrowid or 0)

    def update(self, table: str, values: dict[str, Any], where: str, those: Iterable[Any]) -> int:
        """Change rows; the number of them."""
        sets = ", ".join(f"{name} = ?" for name in values)
        return self.change(f"UPDATE {table} SET {sets} WHERE {where}", (*values.values(), *those))

    def together(self) -> AbstractContextManager[sqlite3.Connection]:
        """While entered, this thread's changes are one transaction."""
        return transaction(self._connection())

    def close(self) -> None:
        """Close this thread's connection."""
        found: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if found is not None:
            found.close()
            self._local.connection = None


def marks(values: Iterable[Any]) -> str:
    """Question marks for a list in a query."""
    return ", ".join("?" for _ in values)
