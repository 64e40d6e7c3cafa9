"""The file: one transaction at a time, and a new one in the place of a broken one."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from extensions.swarmui.store.database import Database
from extensions.swarmui.store.secret import read_secret


def test_a_broken_file_is_put_aside(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    file = tmp_path / "a.sqlite"
    file.write_bytes(b"not a database, but long enough to be taken for one" * 100)
    assert len(read_secret(Database(file))) == 32
    assert "a new one is begun" in caplog.text
    assert (tmp_path / "a.sqlite.old-1").is_file()


def test_a_failed_use_changes_nothing() -> None:
    database = Database(None)
    with pytest.raises(sqlite3.IntegrityError), database.use() as connection:
        connection.executemany("insert into facts values (?, ?)", [("a", "b"), ("a", "c")])
    with database.use() as connection:
        assert connection.execute("select * from facts").fetchall() == []
