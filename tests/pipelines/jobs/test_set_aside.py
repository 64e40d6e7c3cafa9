"""A database is moved away whole, to a name that is free."""

from __future__ import annotations

from pathlib import Path

from pipelines.jobs.set_aside import set_aside


def test_a_database_moves_with_its_companions(tmp_path: Path) -> None:
    path = tmp_path / "jobs.sqlite"
    for ending in ("", "-wal"):
        path.with_name(path.name + ending).write_text(ending)
    place = set_aside(path)
    assert place == tmp_path / "jobs.sqlite.old-1"
    assert sorted(file.name for file in tmp_path.iterdir()) == ["jobs.sqlite.old-1", "jobs.sqlite.old-1-wal"]
    assert (tmp_path / "jobs.sqlite.old-1-wal").read_text() == "-wal"


def test_what_was_set_aside_before_stays(tmp_path: Path) -> None:
    path = tmp_path / "jobs.sqlite"
    path.with_name("jobs.sqlite.old-1").write_text("kept")
    for number in (2, 3):
        path.write_text("new")
        assert set_aside(path).name == f"jobs.sqlite.old-{number}"
    assert (tmp_path / "jobs.sqlite.old-1").read_text() == "kept"
