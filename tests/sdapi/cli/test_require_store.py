"""A job store that can't be used ends the start in one line; once it is gone, the server starts."""

from __future__ import annotations

import sqlite3
from functools import partial
from pathlib import Path

import pytest

from pipelines.jobs.sqlite_store import SqliteStore
from sdapi.cli.server import require_store
from sdapi.flags.parse import parse_flags


def start(data: Path, *flags: str) -> None:
    require_store(parse_flags(["--data-dir", str(data), *flags], {}))


def damage_page(path: Path) -> None:
    """Overwrite what follows the first page, which opening alone does not read."""
    SqliteStore(path).close()
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xa5" * (len(content) - 4096)
    path.write_bytes(content)


def odd_row(path: Path) -> None:
    """A job in a state that nobody knows."""
    SqliteStore(path).close()
    db = sqlite3.connect(path)
    columns = [row[1] for row in db.execute("PRAGMA table_info(jobs)")]
    values = ["done" if name == "state" else 1 for name in columns]
    values[columns.index("failure")] = "{"
    db.execute(f"INSERT INTO jobs VALUES ({', '.join('?' * len(columns))})", values)
    db.commit()
    db.close()


DAMAGE = {
    "text": lambda path: path.write_text("no database " * 500),
    "zeros and text": lambda path: path.write_bytes(b"SQLite format 3\0" + b"\xff" * 5000),
    "a page": damage_page,
    "a folder": lambda path: path.mkdir(),
    "a row": odd_row,
}


@pytest.mark.parametrize("kind", DAMAGE)
def test_one_line_and_a_start_afterwards(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "jobs.sqlite"
    DAMAGE[kind](path)
    with pytest.raises(SystemExit, match=r"^sdapi can't start: [^\n]*jobs\.sqlite[^\n]*--db$"):
        start(tmp_path)
    path.rename(tmp_path / "away")
    start(tmp_path)
    assert path.is_file()


def test_a_file_in_the_place_of_the_data_folder(tmp_path: Path) -> None:
    (tmp_path / "data").touch()
    with pytest.raises(SystemExit, match=r"^sdapi can't start: [^\n]*--db$"):
        start(tmp_path / "data")


def test_another_server_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sdapi.cli.server.SqliteStore", partial(SqliteStore, bounds=0.1))
    store = SqliteStore(tmp_path / "jobs.sqlite")
    with pytest.raises(SystemExit, match="is another server running"):
        start(tmp_path)
    store.close()
    start(tmp_path)
    start(tmp_path, "--db", ":memory:")
