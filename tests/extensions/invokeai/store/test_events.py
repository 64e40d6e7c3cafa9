"""Events that engines write and the server takes."""

from __future__ import annotations

from pathlib import Path

import pytest

from extensions.invokeai.store.store import InvokeStore


def test_events_are_taken_once_and_in_order(tmp_path: Path) -> None:
    one, other = InvokeStore(tmp_path), InvokeStore(tmp_path)
    for number in range(3):
        one.events.tell(7, "invocation_progress", {"number": number})
    taken = other.events.take()
    assert [(event.item_id, event.data["number"]) for event in taken] == [(7, 0), (7, 1), (7, 2)]
    assert one.events.take() == []


def test_what_json_has_not_is_written_as_text(tmp_path: Path) -> None:
    events = InvokeStore(tmp_path).events
    events.tell(1, "n", {"path": Path("a/b"), "text": "ö"})
    assert events.take()[0].data == {"path": "a/b", "text": "ö"}


def test_the_oldest_are_taken_first_where_there_are_many(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("extensions.invokeai.store.events.MOST", 2)
    events = InvokeStore(tmp_path).events
    for number in range(3):
        events.tell(1, "n", {"number": number})
    assert [event.data["number"] for event in events.take()] == [0, 1]
    assert [event.data["number"] for event in events.take()] == [2]
