"""Items of the queue as clients see them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from extensions.invokeai.store.items import ItemFilter, Items

SHOWN = (
    "item_id", "status", "priority", "batch_id", "origin", "destination", "session_id", "error_type",
    "error_message", "error_traceback", "created_at", "updated_at", "started_at", "completed_at", "queue_id",
    "field_values", "retried_from_item_id",
)  # fmt: skip
_UNUSED = {
    "is_api_validation_run": False,
    "published_workflow_id": None,
    "credits": None,
    "user_id": "system",
}
COMMON = ("item_id", "batch_id", "origin", "destination", "session_id")


def shown(item: Mapping[str, Any], *, session: bool = True) -> dict[str, Any]:
    """An item with every key, null or not."""
    told = {key: item.get(key) for key in SHOWN} | _UNUSED | {"workflow": item.get("workflow")}
    return {**told, "session": item["session"]} if session else told


def queue_status(items: Items, queue_id: str, client: str | None) -> dict[str, Any]:
    """The number of items in each status, and the item that runs."""
    counts = items.counts(ItemFilter(queue_id=queue_id, client=client))
    current = items.next(queue_id, "in_progress")
    facts = {"item_id": None, "batch_id": None, "session_id": None}
    if current is not None and (client is None or current["client"] == client):
        facts = {key: current[key] for key in facts}
    return {"queue_id": queue_id, **facts, **counts}


def batch_status(items: Items, queue_id: str, batch_id: str, client: str | None) -> dict[str, Any]:
    """The number of a batch's items in each status, with its origin and destination."""
    which = ItemFilter(queue_id=queue_id, batch_ids=[batch_id], client=client)
    first = next(iter(items.list(which, limit=1)), None) or {}
    return {
        "queue_id": queue_id,
        "batch_id": batch_id,
        "origin": first.get("origin"),
        "destination": first.get("destination"),
        **items.counts(which),
    }
