"""Boards, on which pictures are put."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from extensions.invokeai.fields.dtos import BoardDTO
from extensions.invokeai.store.database import InvokeDatabase, now
from extensions.invokeai.store.errors import BoardRecordNotFoundException
from extensions.invokeai.store.images import ImageFilter, Images
from extensions.invokeai.store.owner import EVERYBODY, Owner

if TYPE_CHECKING:
    import sqlite3

_QUERY = """
SELECT boards.*,
    (SELECT COUNT(*) FROM images WHERE board_id = boards.board_id
        AND image_category = 'general' AND is_intermediate = 0) AS image_count,
    (SELECT COUNT(*) FROM images WHERE board_id = boards.board_id
        AND image_category != 'general' AND is_intermediate = 0) AS asset_count,
    COALESCE(cover_image_name, (SELECT image_name FROM images WHERE board_id = boards.board_id
        AND is_intermediate = 0 ORDER BY created_at DESC LIMIT 1)) AS cover
FROM boards
"""
ORDERS = {"created_at": "created_at", "board_name": "board_name COLLATE NOCASE"}


def _dto(row: sqlite3.Row) -> BoardDTO:
    return BoardDTO(
        board_id=row["board_id"],
        board_name=row["board_name"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        cover_image_name=row["cover"],
        archived=bool(row["archived"]),
        is_private=bool(row["is_private"]),
        image_count=row["image_count"],
        asset_count=row["asset_count"],
    )


class Boards:
    """The boards of a store that its user sees."""

    def __init__(self, database: InvokeDatabase, owner: Owner = EVERYBODY) -> None:
        self._database = database
        self._owner = owner
        self._images = Images(database, owner)

    def create(self, name: str, *, is_private: bool = False) -> BoardDTO:
        """Make a board with a new id."""
        board_id, moment = str(uuid.uuid4()), now()
        self._database.insert(
            "boards",
            {
                "board_id": board_id,
                "board_name": name,
                "is_private": int(is_private),
                "created_at": moment,
                "updated_at": moment,
                "client": self._owner.client,
            },
        )
        return self.get(board_id)

    def get(self, board_id: str) -> BoardDTO:
        """A board. Raises BoardRecordNotFoundException."""
        mine, values = self._owner.condition()
        row = self._database.row(f"{_QUERY} WHERE board_id = ? AND {mine}", (board_id, *values))
        if row is None:
            raise BoardRecordNotFoundException(f"there is no board {board_id}")
        return _dto(row)

    def exists(self, board_id: str) -> bool:
        """True if there is such a board that its user sees."""
        mine, values = self._owner.condition()
        sql = f"SELECT 1 FROM boards WHERE board_id = ? AND {mine}"
        return self._database.row(sql, (board_id, *values)) is not None

    def list(
        self, *, order: str = "created_at", newest_first: bool = True, archived: bool = False
    ) -> list[BoardDTO]:
        """All of them in order; ``archived`` ones only if wanted."""
        way = "DESC" if newest_first else "ASC"
        mine, values = self._owner.condition()
        where = f"WHERE {mine}" if archived else f"WHERE {mine} AND archived = 0"
        sql = f"{_QUERY} {where} ORDER BY {ORDERS[order]} {way}, boards.rowid {way}"
        rows = self._database.rows(sql, values)
        return [_dto(row) for row in rows]

    def change(self, board_id: str, **values: Any) -> BoardDTO:
        """Change columns. Raises BoardRecordNotFoundException."""
        mine, more = self._owner.condition()
        where, changed = f"board_id = ? AND {mine}", {**values, "updated_at": now()}
        if not self._database.update("boards", changed, where, (board_id, *more)):
            raise BoardRecordNotFoundException(f"there is no board {board_id}")
        return self.get(board_id)

    def delete(self, board_id: str) -> None:
        """Remove a board; its pictures are on none then. Raises BoardRecordNotFoundException."""
        mine, values = self._owner.condition()
        sql = f"DELETE FROM boards WHERE board_id = ? AND {mine}"
        if not self._database.change(sql, (board_id, *values)):
            raise BoardRecordNotFoundException(f"there is no board {board_id}")
        self._database.update("images", {"board_id": None}, "board_id = ?", (board_id,))

    def put(self, board_id: str, image_name: str) -> str | None:
        """Put a picture on a board; the id of the board where it was.

        Raises BoardRecordNotFoundException or ImageRecordNotFoundException.
        """
        if not self.exists(board_id):
            raise BoardRecordNotFoundException(f"there is no board {board_id}")
        return self._move(image_name, board_id)

    def take(self, image_name: str) -> str | None:
        """Take a picture off its board; the board's id. Raises ImageRecordNotFoundException."""
        return self._move(image_name, None)

    def _move(self, image_name: str, board_id: str | None) -> str | None:
        before = self._images.get(image_name).board_id
        self._database.update("images", {"board_id": board_id}, "image_name = ?", (image_name,))
        return before

    def image_names(self, board_id: str, which: ImageFilter | None = None) -> list[str]:
        """Names of its pictures, newest first."""
        return self._images.names(which or ImageFilter(board_id=board_id))
