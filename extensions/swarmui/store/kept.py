"""Values of a user that are kept as JSON: presets, settings, edits of parameters."""

from __future__ import annotations

import json
from typing import Any, Literal, TypeAlias

from extensions.swarmui.store.database import Database

KeptKind: TypeAlias = Literal["preset", "setting", "edits"]


class KeptValues:
    """Small JSON values by owner, kind and name."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def every(self, owner: str, kind: KeptKind) -> dict[str, Any]:
        """Return all values of a kind by name, in the order of names."""
        with self._database.use() as connection:
            rows = connection.execute(
                "select name, value from kept where owner = ? and kind = ? order by name", (owner, kind)
            ).fetchall()
        return {name: json.loads(value) for name, value in rows}

    def put(self, owner: str, kind: KeptKind, name: str, value: object) -> None:
        """Keep a value, in the place of the one of this name."""
        with self._database.use() as connection:
            row = (owner, kind, name, json.dumps(value))
            connection.execute("insert or replace into kept values (?, ?, ?, ?)", row)

    def drop(self, owner: str, kind: KeptKind, name: str) -> bool:
        """Forget a value; return True if there was one."""
        with self._database.use() as connection:
            cursor = connection.execute(
                "delete from kept where owner = ? and kind = ? and name = ?", (owner, kind, name)
            )
        return cursor.rowcount > 0
