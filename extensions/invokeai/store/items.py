"""Items of the queue: one session each, from its batch to its result."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from extensions.invokeai.store.database import InvokeDatabase, marks, now

if TYPE_CHECKING:
    import sqlite3

PENDING, RUNNING, DONE, FAILED, CANCELED = "pending", "in_progress", "completed", "failed", "canceled"
STATUSES = (PENDING, RUNNING, DONE, FAILED, CANCELED)
ACTIVE = (PENDING, RUNNING)
ENDED = (DONE, FAILED, CANCELED)
_JSON = ("field_values", "workflow", "session")


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemFilter:
    """Conditions on items; None sets none."""

    queue_id: str | None = None
    batch_ids: Collection[str] | None = None
    destination: str | None = None
    statuses: Collection[str] | None = None
    client: str | None = None

    def condition(self) -> tuple[str, list[Any]]:
        """The part of a query behind WHERE, and its values."""
        parts, values = ["1"], list[Any]()
        for column in ("queue_id", "destination", "client"):
            if (value := getattr(self, column)) is not None:
                parts.append(f"{column} = ?")
                values.append(value)
        for column, wanted in (("batch_id", self.batch_ids), ("status", self.statuses)):
            if wanted is not None:
                parts.append(f"{column} IN ({marks(wanted)})")
                values += wanted
        return " AND ".join(parts), values


def _item(row: sqlite3.Row) -> dict[str, Any]:
    values: dict[str, Any] = {key: row[key] for key in row.keys()}  # noqa: SIM118
    for key in _JSON:
        if values.get(key) is not None:
            values[key] = json.loads(values[key])
    return values


class Items:
    """All items of a store."""

    def __init__(self, database: InvokeDatabase) -> None:
        self._database = database

    def add(self, rows: Sequence[Mapping[str, Any]]) -> list[int]:
        """Add waiting items in order; their numbers."""
        moment = now()
        added: list[int] = []
        with self._database.together():
            for row in rows:
                values = {k: json.dumps(v) if k in _JSON and v is not None else v for k, v in row.items()}
                stamps = {"status": PENDING, "created_at": moment, "updated_at": moment}
                added.append(self._database.insert("queue_items", {**values, **stamps}))
        return added

    def get(self, item_id: int) -> dict[str, Any] | None:
        """An item with its session."""
        row = self._database.row("SELECT * FROM queue_items WHERE item_id = ?", (item_id,))
        return None if row is None else _item(row)

    def of_job(self, job_id: str) -> int | None:
        """The item that a job runs."""
        row = self._database.row("SELECT item_id FROM queue_items WHERE job_id = ?", (job_id,))
        return None if row is None else row[0]

    def list(
        self, which: ItemFilter, *, newest_first: bool = False, limit: int = -1, after: int | None = None
    ) -> list[dict[str, Any]]:
        """Items in the order of their numbers; ``after`` leaves out those up to it."""
        condition, values = which.condition()
        way = "DESC" if newest_first else "ASC"
        if after is not None:
            condition += f" AND item_id {'<' if newest_first else '>'} ?"
            values.append(after)
        sql = f"SELECT * FROM queue_items WHERE {condition} ORDER BY item_id {way} LIMIT ?"
        return [_item(row) for row in self._database.rows(sql, (*values, limit))]

    def ids(self, which: ItemFilter, *, newest_first: bool = False) -> list[int]:
        """Numbers of items, in their order."""
        condition, values = which.condition()
        way = "DESC" if newest_first else "ASC"
        sql = f"SELECT item_id FROM queue_items WHERE {condition} ORDER BY item_id {way}"
        return [row[0] for row in self._database.rows(sql, values)]

    def counts(self, which: ItemFilter) -> dict[str, int]:
        """The number of items in each status, and in all."""
        condition, values = which.condition()
        sql = f"SELECT status, COUNT(*) FROM queue_items WHERE {condition} GROUP BY status"
        found = {row[0]: row[1] for row in self._database.rows(sql, values)}
        counts = {status: found.get(status, 0) for status in STATUSES}
        return {**counts, "total": sum(counts.values())}

    def next(self, queue_id: str, status: str) -> dict[str, Any] | None:
        """The first item of a status in the order in which items run."""
        sql = "SELECT * FROM queue_items WHERE queue_id = ? AND status = ? ORDER BY priority DESC, item_id"
        row = self._database.row(f"{sql} LIMIT 1", (queue_id, status))
        return None if row is None else _item(row)

    def highest_priority(self, queue_id: str) -> int:
        """The highest priority of the items that wait; 0 if none does."""
        sql = "SELECT MAX(priority) FROM queue_items WHERE queue_id = ? AND status = ?"
        return self._database.number(sql, (queue_id, PENDING))

    def start(self, item_id: int) -> None:
        """Note that an item runs now."""
        values = {"status": RUNNING, "started_at": now(), "updated_at": now()}
        self._database.update("queue_items", values, "item_id = ?", (item_id,))

    def end(self, item_id: int, status: str, **error: str | None) -> bool:
        """Note that an item has ended; False if it had before. An error that was noted before stays."""
        values: dict[str, Any] = {"status": status, "completed_at": now(), "updated_at": now()}
        where = f"item_id = ? AND status IN ({marks(ACTIVE)})"
        changed = self._database.update("queue_items", values, where, (item_id, *ACTIVE)) > 0
        if error and changed:
            self._database.update("queue_items", error, "item_id = ? AND error_type IS NULL", (item_id,))
        return changed

    def note(self, item_id: int, session: Mapping[str, Any], **error: str | None) -> None:
        """Keep an item's session, and the error in it."""
        values: dict[str, Any] = {"session": json.dumps(session, default=str), **error, "updated_at": now()}
        self._database.update("queue_items", values, "item_id = ?", (item_id,))

    def delete(self, ids: Sequence[int]) -> int:
        """Forget items; the number of them."""
        gone = 0
        for start in range(0, len(ids), 500):
            part = ids[start : start + 500]
            gone += self._database.change(f"DELETE FROM queue_items WHERE item_id IN ({marks(part)})", part)
        return gone
