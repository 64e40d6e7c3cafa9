"""Events of sessions, from the engine that runs them to the server that sends them to clients."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from extensions.invokeai.store.database import InvokeDatabase

MOST = 1000
"""Most events that are taken at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionEvent:
    """One event of an item of the queue."""

    item_id: int
    name: str
    data: Mapping[str, Any]


class SessionEvents:
    """A table that one side writes and the other empties."""

    def __init__(self, database: InvokeDatabase) -> None:
        self._database = database

    def tell(self, item_id: int, name: str, data: Mapping[str, Any]) -> None:
        """Add an event of an item."""
        row = {"item_id": item_id, "name": name, "data": json.dumps(data, default=str)}
        self._database.insert("session_events", row)

    def take(self) -> list[SessionEvent]:
        """The oldest events in order, at most ``MOST``; they are gone then."""
        rows = self._database.rows("SELECT * FROM session_events ORDER BY number LIMIT ?", (MOST,))
        if rows:
            self._database.change("DELETE FROM session_events WHERE number <= ?", (rows[-1]["number"],))
        return [
            SessionEvent(item_id=row["item_id"], name=row["name"], data=json.loads(row["data"]))
            for row in rows
        ]
