"""Workflows: graphs with the layout of an editor, kept as they were sent."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from extensions.invokeai.store.database import InvokeDatabase, marks, now
from extensions.invokeai.store.errors import WorkflowNotFoundError
from extensions.invokeai.store.owner import EVERYBODY, Owner

if TYPE_CHECKING:
    import sqlite3

ORDERS = {
    "created_at": "created_at",
    "updated_at": "updated_at",
    "opened_at": "opened_at",
    "name": "name COLLATE NOCASE",
}
_LISTED = ("workflow_id", "name", "description", "category", "tags", "created_at", "updated_at", "opened_at")


def _facts(workflow: Mapping[str, Any]) -> dict[str, str]:
    """The columns that lists search and show."""
    meta: Any = workflow.get("meta")
    category = meta.get("category") if isinstance(meta, dict) else None
    told = {key: str(workflow.get(key) or "") for key in ("name", "description", "tags")}
    return {**told, "category": category if category in ("user", "default") else "user"}


def _record(row: sqlite3.Row) -> dict[str, Any]:
    keys = ("workflow_id", "name", "created_at", "updated_at", "opened_at")
    return {**{key: row[key] for key in keys}, "workflow": json.loads(row["workflow"])}


class Workflows:
    """The workflows of a store that its user sees."""

    def __init__(self, database: InvokeDatabase, owner: Owner = EVERYBODY) -> None:
        self._database = database
        self._owner = owner

    def create(self, workflow: Mapping[str, Any]) -> dict[str, Any]:
        """Keep a workflow under a new id."""
        workflow_id, moment = str(uuid.uuid4()), now()
        kept = {**workflow, "id": workflow_id}
        row = {"workflow_id": workflow_id, **_facts(kept), "workflow": json.dumps(kept)}
        stamps = {"created_at": moment, "updated_at": moment}
        self._database.insert("workflows", {**row, **stamps, "client": self._owner.client})
        return self.get(workflow_id)

    def get(self, workflow_id: str) -> dict[str, Any]:
        """A workflow. Raises WorkflowNotFoundError."""
        mine, values = self._owner.condition()
        sql = f"SELECT * FROM workflows WHERE workflow_id = ? AND {mine}"
        row = self._database.row(sql, (workflow_id, *values))
        if row is None:
            raise WorkflowNotFoundError(f"there is no workflow {workflow_id}")
        return _record(row)

    def change(self, workflow_id: str, workflow: Mapping[str, Any]) -> dict[str, Any]:
        """Put another in its place. Raises WorkflowNotFoundError."""
        self.get(workflow_id)
        kept = {**workflow, "id": workflow_id}
        values = {**_facts(kept), "workflow": json.dumps(kept), "updated_at": now()}
        self._database.update("workflows", values, "workflow_id = ?", (workflow_id,))
        return self.get(workflow_id)

    def open(self, workflow_id: str) -> None:
        """Note that it is looked at. Raises WorkflowNotFoundError."""
        self.get(workflow_id)
        self._database.update("workflows", {"opened_at": now()}, "workflow_id = ?", (workflow_id,))

    def delete(self, workflow_id: str) -> None:
        """Forget it. Raises WorkflowNotFoundError."""
        self.get(workflow_id)
        self._database.change("DELETE FROM workflows WHERE workflow_id = ?", (workflow_id,))

    def list(
        self,
        *,
        categories: Sequence[str] = (),
        search: str = "",
        order: str = "created_at",
        newest_first: bool = True,
    ) -> list[dict[str, Any]]:
        """Those that fit, without what is in them."""
        parts, values = self._owner.condition()
        if categories:
            parts += f" AND category IN ({marks(categories)})"
            values += categories
        if search:
            parts += " AND (name LIKE ? OR description LIKE ? OR tags LIKE ?)"
            values += [f"%{search}%"] * 3
        way = "DESC" if newest_first else "ASC"
        columns, sort = ", ".join(_LISTED), f"{ORDERS[order]} {way}, rowid {way}"
        sql = f"SELECT {columns} FROM workflows WHERE {parts} ORDER BY {sort}"
        return [{key: row[key] for key in _LISTED} for row in self._database.rows(sql, values)]
