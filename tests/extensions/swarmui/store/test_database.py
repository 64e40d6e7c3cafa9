"""The file: one transaction at a time, and a new one in the place of a broken one."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from extensions.swarmui.store.database import Database
from extensions.swarmui.store.kept import KeptValues
from extensions.swarmui.store.presets import PresetShelf
from extensions.swarmui.store.secret import read_secret
from extensions.swarmui.store.settings import UserSettings


def test_the_secret_stays(tmp_path: Path) -> None:
    first = Database(tmp_path / "x" / "a.sqlite")
    secret = read_secret(first)
    first.close()
    assert len(secret) == 32
    assert read_secret(Database(tmp_path / "x" / "a.sqlite")) == secret
    assert read_secret(Database(None)) != secret


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


def test_presets_are_found_in_any_letter_case() -> None:
    presets = PresetShelf(kept=KeptValues(Database(None)), owner="me")
    others = PresetShelf(kept=presets.kept, owner="you")
    presets.put("My Look", "a look", {"steps": 7}, None)
    assert presets.parameters(" my look ") == {"steps": 7}
    assert others.parameters("My Look") is None
    assert presets.copy("MY LOOK") == "My Look (2)"
    assert presets.copy("nothing") is None
    assert [preset["title"] for preset in presets.every()] == ["My Look", "My Look (2)"]
    assert presets.drop("my look")
    assert not presets.drop("my look")


def test_settings_take_their_type() -> None:
    settings = UserSettings(KeptValues(Database(None)), "me")
    ignored = settings.change(
        {"SaveFiles": "False", "maximagesinhistory": "20", "FileFormat.ImageFormat": "jpg90", "theme": "dark"}
    )
    assert len(ignored) == 1
    values = settings.values()
    assert (values["savefiles"], values["maximagesinhistory"]) == (False, 20)
    assert values["fileformat.imageformat"] == "JPG90"
    assert (
        len(settings.change({"maximagesinhistory": "0", "savefiles": 7, "fileformat.imageformat": "TIFF"}))
        == 3
    )
