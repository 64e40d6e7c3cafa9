"""Boards, on which pictures are put."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from extensions.invokeai.fields.dtos import BoardDTO
from extensions.invokeai.store.database import InvokeDatabase, now
from extensions.invokeai.store.errors import BoardRecordNotFoundException, ImageRecordNotFoundException
from extensions.invokeai.store.images import ImageFilter

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
    """All boards of a store."""

    def __init__(self, database: InvokeDatabase) -> None:
        self._database = database

    def create(self, name: str, *, is_private: bool = False) -> BoardDTO:
        """Make a board."""
        board_id, moment = str(uuid.uuid4()), now()
        self._database.insert(
            "boards",
            {
                "board_id": board_id,
                "board_name": name,
                "is_private": int(is_private),
                "created_at": moment,
                "updated_at": moment,
            },
        )
        return self.get(board_id)

    def get(self, board_id: str) -> BoardDTO:
        """A board. Raises BoardRecordNotFoundException."""
        row = self._database.row(f"{_QUERY} WHERE boards.board_id = ?", (board_id,))
        if row is None:
            raise BoardRecordNotFoundException(f"there is no board {board_id}")
        return _dto(row)

    def exists(self, board_id: str) -> bool:
        """Whether there is such a board."""
        return self._database.row("SELECT 1 FROM boards WHERE board_id = ?", (board_id,)) is not None

    def list(
        self, *, order: str = "created_at", newest_first: bool = True, archived: bool = False
    ) -> list[BoardDTO]:
        """All of them in order; ``archived`` ones only if wanted."""
        way = "DESC" if newest_first else "ASC"
        where = "" if archived else "WHERE archived = 0"
        rows = self._database.rows(f"{_QUERY} {where} ORDER BY {ORDERS[order]} {way}, boards.rowid {way}")
        return [_dto(row) for row in rows]

    def change(self, board_id: str, **values: Any) -> BoardDTO:
        """Change columns. Raises BoardRecordNotFoundException."""
        if not self._database.update("boards", {**values, "updated_at": now()}, "board_id = ?", (board_id,)):
            raise BoardRecordNotFoundException(f"there is no board {board_id}")
        return self.get(board_id)

    def delete(self, board_id: str) -> None:
        """Remove a board; its pictures are on none then. Raises BoardRecordNotFoundException."""
        if not self._database.change("DELETE FROM boards WHERE board_id = ?", (board_id,)):
            raise BoardRecordNotFoundException(f"there is no board {board_id}")
        self._database.update("images", {"board_id": None}, "board_id = ?", (board_id,))

    def put(self, board_id: str, image_name: str) -> str | None:
        """Put a picture on a board; the board where it was.

        Raises BoardRecordNotFoundException or ImageRecordNotFoundException.
        """
        if not self.exists(board_id):
            raise BoardRecordNotFoundException(f"there is no board {board_id}")
        return self._move(image_name, board_id)

    def take(self, image_name: str) -> str | None:
        """Take a picture off its board; which it was. Raises ImageRecordNotFoundException."""
        return self._move(image_name, None)

    def _move(self, image_name: str, board_id: str | None) -> str | None:
        row = self._database.row("SELECT board_id FROM images WHERE image_name = ?", (image_name,))
        if row is None:
            raise ImageRecordNotFoundException(f"there is no picture {image_name}")
        self._database.update("images", {"board_id": board_id}, "image_name = ?", (image_name,))
        return row[0]

    def image_names(self, board_id: str, which: ImageFilter | None = None) -> list[str]:
        """Names of its pictures, newest first."""
        condition, values = (which or ImageFilter(board_id=board_id)).condition()
        sql = f"SELECT image_name FROM images WHERE {condition} ORDER BY created_at DESC, rowid DESC"
        return [row[0] for row in self._database.rows(sql, values)]
