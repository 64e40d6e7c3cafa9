"""An index of one folder's pictures, kept in SQLite and made anew when the folder has changed.

A folder is read again when its time of change is another than when it was read, or was so recent then that
more could have happened within the disk's grain of time. Only names are read then: to look at each of 50,000
pictures takes longer than all else. When they were changed is looked up when a folder is listed by date;
metadata is read when a picture is first listed, and again when its file has changed.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from extensions.swarmui.history.metadata import read_text
from extensions.swarmui.history.places import PICTURES
from extensions.swarmui.store.database import Database

UNSETTLED = 2_000_000_000
"""Nanoseconds after a change in which another may go unnoticed."""
UNKNOWN = 0
"""Stands for the time of change of a picture whose file was not looked at yet."""
ENDINGS = tuple(PICTURES)
SIDE_FILES = (".swarmpreview.jpg", ".swarmpreview.webp")


@dataclass(frozen=True, slots=True, kw_only=True)
class Indexed:
    """One picture: its folder, its name, and when it was changed in nanoseconds, as far as that is known."""

    folder: str
    name: str
    changed: int


class PictureIndex:
    """Pictures by folder. Folders are absolute paths as text."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def pictures(self, folder: Path, *, by_date: bool, rising: bool, most: int) -> list[Indexed]:
        """Return the first ``most`` pictures of a folder in this order."""
        order = "changed" if by_date else "name"
        way = "asc" if rising else "desc"
        with self._database.use() as connection:
            self._refresh(connection, folder, dated=by_date)
            rows = connection.execute(
                f"select name, changed from pictures where folder = ? order by {order} {way} limit ?",
                (str(folder), most),
            ).fetchall()
        return [Indexed(folder=str(folder), name=name, changed=changed) for name, changed in rows]

    def metadata(self, items: Sequence[Indexed]) -> list[tuple[Indexed, str | None]]:
        """Pair each picture that still exists with its metadata; new and changed files are read."""
        found: list[tuple[Indexed, str | None]] = []
        with self._database.use() as connection:
            for item in items:
                try:
                    status = os.stat(os.path.join(item.folder, item.name))
                except OSError:
                    continue
                found.append((item, self._metadata(connection, item, status)))
        return found

    def _metadata(self, connection: sqlite3.Connection, item: Indexed, status: os.stat_result) -> str | None:
        key = (item.folder, item.name)
        row = connection.execute(
            "select metadata, is_read, changed, size from pictures where folder = ? and name = ?", key
        ).fetchone()
        if row is not None and row[1] and row[2:] == (status.st_mtime_ns, status.st_size):
            return row[0]
        text = read_text(Path(item.folder, item.name))
        connection.execute(
            "update pictures set metadata = ?, is_read = 1, changed = ?, size = ?"
            " where folder = ? and name = ?",
            (text, status.st_mtime_ns, status.st_size, *key),
        )
        return text

    def _refresh(self, connection: sqlite3.Connection, folder: Path, *, dated: bool) -> None:
        """Read a folder again if it has changed; where ``dated``, look up when each picture was changed."""
        key = str(folder)
        row = connection.execute("select stamp from folders where path = ?", (key,)).fetchone()
        try:
            stamp = folder.stat().st_mtime_ns
        except OSError:
            self._forget(connection, key)
            return
        if row is None or row[0] != stamp:
            settled = time.time_ns() - stamp > UNSETTLED
            self._compare(connection, key, _scan(folder), dated=dated)
            connection.execute("insert or replace into folders values (?, ?)", (key, stamp if settled else 0))
        if dated:
            self._date(connection, key)

    def _compare(
        self, connection: sqlite3.Connection, key: str, there: dict[str, int], *, dated: bool
    ) -> None:
        """Bring a folder's rows up to date; new files are looked at only where ``dated``."""
        rows = connection.execute("select name, node from pictures where folder = ?", (key,))
        known: dict[str, int] = dict(rows.fetchall())
        gone = [(key, name) for name in known.keys() - there.keys()]
        connection.executemany("delete from pictures where folder = ? and name = ?", gone)
        new = sorted(there.items() - known.items())  # in the order of the table, which is filled faster so
        connection.executemany(
            "insert or replace into pictures (folder, name, node, changed, size) values (?, ?, ?, ?, ?)",
            [(key, *row, *(_looked_at(key, row[0]) if dated else (UNKNOWN, 0))) for row in new],
        )

    def _date(self, connection: sqlite3.Connection, key: str) -> None:
        """Look up the times of change that are still unknown."""
        rows = connection.execute(
            "select name from pictures where folder = ? and changed = ?", (key, UNKNOWN)
        ).fetchall()
        connection.executemany(
            "update pictures set changed = ?, size = ? where folder = ? and name = ?",
            [(*_looked_at(key, name), key, name) for (name,) in rows],
        )

    def _forget(self, connection: sqlite3.Connection, key: str) -> None:
        connection.execute("delete from pictures where folder = ?", (key,))
        connection.execute("delete from folders where path = ?", (key,))


def _scan(folder: Path) -> dict[str, int]:
    """Return the inodes of a folder's pictures by name; a file that was replaced has another."""
    with os.scandir(folder) as entries:
        return {entry.name: entry.inode() for entry in entries if is_picture(entry.name)}


def _looked_at(folder: str, name: str) -> tuple[int, int]:
    """Return a picture's time of change and size; ``UNKNOWN`` and 0 for one that is gone already."""
    try:
        status = os.stat(os.path.join(folder, name))
    except OSError:
        return UNKNOWN, 0
    return status.st_mtime_ns, status.st_size


def is_picture(name: str) -> bool:
    """True for the name of a picture or video that is neither hidden nor a preview of another one."""
    lower = name.lower()
    if not lower.endswith(ENDINGS) or lower.startswith("."):
        return False
    return not lower.endswith(SIDE_FILES) and _is_text(name)


def _is_text(name: str) -> bool:
    """True if a name is valid Unicode: a disk also takes bytes that are not."""
    if name.isascii():
        return True
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True
