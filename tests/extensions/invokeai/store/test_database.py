"""One SQLite file for several threads and processes."""

from __future__ import annotations

import re
import threading
from pathlib import Path

import pytest

from extensions.invokeai.store.database import InvokeDatabase, marks, now


@pytest.fixture
def database(tmp_path: Path) -> InvokeDatabase:
    return InvokeDatabase(tmp_path)


def add(database: InvokeDatabase, item: int) -> int:
    return database.insert("session_events", {"item_id": item, "name": "n", "data": "{}"})


def test_the_file_is_made_when_it_is_needed(database: InvokeDatabase, tmp_path: Path) -> None:
    file = tmp_path / "invokeai" / "invokeai.sqlite"
    assert not file.exists()
    assert database.rows("SELECT * FROM session_events") == []
    assert file.is_file()


def test_rows_are_numbered_counted_changed_and_found(database: InvokeDatabase) -> None:
    assert [add(database, item) for item in (7, 8, 8)] == [1, 2, 3]
    assert database.number("SELECT COUNT(*) FROM session_events WHERE item_id = ?", (8,)) == 2
    assert database.update("session_events", {"name": "m", "data": "[]"}, "item_id = ?", (8,)) == 2
    row = database.row("SELECT name, data FROM session_events WHERE item_id = 8")
    assert row is not None and (row["name"], row["data"]) == ("m", "[]")
    assert database.update("session_events", {"name": "m"}, "item_id = ?", (9,)) == 0


def test_no_number_is_zero(database: InvokeDatabase) -> None:
    assert database.number("SELECT MAX(number) FROM session_events") == 0
    assert database.number("SELECT number FROM session_events") == 0
    assert database.row("SELECT number FROM session_events") is None


def fail_within(database: InvokeDatabase) -> None:
    with database.together():
        add(database, 1)
        with database.together():
            add(database, 2)
        raise KeyError


def test_a_transaction_is_taken_back_whole(database: InvokeDatabase) -> None:
    with pytest.raises(KeyError):
        fail_within(database)
    assert database.number("SELECT COUNT(*) FROM session_events") == 0


def test_threads_have_connections_of_their_own_and_see_one_file(database: InvokeDatabase) -> None:
    add(database, 1)
    seen: list[int] = []

    def look() -> None:
        seen.append(database.number("SELECT COUNT(*) FROM session_events"))
        add(database, 2)
        database.close()

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert (seen, database.number("SELECT COUNT(*) FROM session_events")) == ([1], 2)


def test_what_is_closed_opens_again(database: InvokeDatabase) -> None:
    add(database, 1)
    database.close()
    database.close()
    assert database.number("SELECT COUNT(*) FROM session_events") == 1


def test_moments_sort_as_texts() -> None:
    first, second = now(), now()
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}", first)
    assert first <= second


def test_a_mark_for_each_value() -> None:
    assert (marks(()), marks([1]), marks("abc")) == ("", "?", "?, ?, ?")
