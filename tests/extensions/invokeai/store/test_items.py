"""Items of the queue, from waiting to their end."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from extensions.invokeai.store.items import DONE, FAILED, PENDING, ItemFilter
from extensions.invokeai.store.store import InvokeStore


def row(batch: str = "b", **more: Any) -> dict[str, Any]:
    facts = {"queue_id": "default", "batch_id": batch, "session_id": "s", "priority": 0, "job_id": "j"}
    return {**facts, "session": {"id": "s"}, **more}


def test_an_item_goes_from_waiting_to_its_end(tmp_path: Path) -> None:
    items = InvokeStore(tmp_path).items
    first, second = items.add([row(field_values=[{"value": 1}]), row("c", job_id="k", priority=5)])
    assert items.next("default", PENDING) == items.get(second)
    assert items.highest_priority("default") == 5
    assert items.of_job("k") == second and items.of_job("nothing") is None
    items.start(first)
    items.note(first, {"id": "s", "results": {}}, error_type="KeyError", error_message="x")
    assert items.end(first, FAILED, error_type="SdapiError", error_message="y")
    assert not items.end(first, DONE)
    item = items.get(first)
    assert item is not None
    assert (item["status"], item["error_type"], item["field_values"]) == (FAILED, "KeyError", [{"value": 1}])
    assert item["started_at"] and item["completed_at"] and item["session"]["results"] == {}
    counts = items.counts(ItemFilter(queue_id="default"))
    assert (counts["failed"], counts["pending"], counts["total"]) == (1, 1, 2)


def test_items_are_found_and_forgotten(tmp_path: Path) -> None:
    items = InvokeStore(tmp_path).items
    ids = items.add([row(batch, destination=batch, client=batch) for batch in "aab"])
    assert items.ids(ItemFilter(batch_ids=["a"])) == ids[:2]
    assert items.ids(ItemFilter(destination="b")) == ids[2:]
    assert items.ids(ItemFilter(client="b")) == ids[2:]
    assert items.ids(ItemFilter(statuses=[DONE])) == []
    assert [item["item_id"] for item in items.list(ItemFilter(), limit=2, after=ids[0])] == ids[1:]
    assert items.ids(ItemFilter(), newest_first=True) == ids[::-1]
    assert items.delete(ids[:2]) == 2 and items.get(ids[0]) is None
