"""Pictures: saved, found, listed, changed, deleted."""

from __future__ import annotations

import json
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from extensions.invokeai.fields.dtos import ImageDTO
from extensions.invokeai.store.database import InvokeDatabase, marks, now
from extensions.invokeai.store.errors import ImageRecordNotFoundException
from extensions.invokeai.store.image_files import ImageFiles
from extensions.invokeai.store.owner import EVERYBODY, Owner
from extensions.invokeai.vocabulary.nodes import ImageCategory, ResourceOrigin

if TYPE_CHECKING:
    import sqlite3

    from PIL import Image

NO_BOARD = "none"
"""The board id that stands for pictures on no board."""
_URL = "api/v1/images/i/"
_FILES = {"image_url": "full", "thumbnail_url": "thumbnail"}
_PLAIN = (
    "image_name", "image_origin", "image_category", "width", "height", "session_id", "node_id", "board_id",
    "created_at", "updated_at",
)  # fmt: skip
_FLAGS = ("is_intermediate", "starred")
_COLUMNS = f"{', '.join(_PLAIN + _FLAGS)}, workflow IS NOT NULL AS has_workflow"
_AS_JSON = ", ".join(
    (
        *(f"'{name}', {name}" for name in _PLAIN),
        *(f"'{name}', json(iif({name}, 'true', 'false'))" for name in _FLAGS),
        "'has_workflow', json(iif(workflow IS NULL, 'false', 'true')), 'deleted_at', NULL",
        *(f"'{name}', '{_URL}' || image_name || '/{file}'" for name, file in _FILES.items()),
    )
)
"""Arguments of SQLite's ``json_object`` for an object as ``ImageDTO`` writes it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageWish:
    """Facts about a picture that is to be saved. ``metadata``, ``workflow`` and ``graph`` are JSON."""

    origin: ResourceOrigin = ResourceOrigin.INTERNAL
    category: ImageCategory = ImageCategory.GENERAL
    is_intermediate: bool = False
    session_id: str | None = None
    node_id: str | None = None
    board_id: str | None = None
    metadata: str | None = None
    workflow: str | None = None
    graph: str | None = None

    @property
    def texts(self) -> dict[str, str]:
        """The texts in the PNG, by their keys."""
        given = {
            "invokeai_metadata": self.metadata,
            "invokeai_workflow": self.workflow,
            "invokeai_graph": self.graph,
        }
        return {key: value for key, value in given.items() if value}


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageFilter:
    """Conditions on the pictures of a list; None and empty set none."""

    origin: str | None = None
    categories: Collection[str] = ()
    is_intermediate: bool | None = None
    starred: bool | None = None
    board_id: str | None = None
    search: str | None = None

    def condition(self) -> tuple[str, list[Any]]:
        """The part of a query behind WHERE, and its values."""
        parts: list[str] = ["1"]
        values: list[Any] = []
        if self.origin is not None:
            parts.append("image_origin = ?")
            values.append(self.origin)
        if self.categories:
            parts.append(f"image_category IN ({marks(self.categories)})")
            values += self.categories
        for column in ("is_intermediate", "starred"):
            if (flag := getattr(self, column)) is not None:
                parts.append(f"{column} = ?")
                values.append(int(flag))
        if self.board_id is not None:
            parts.append("board_id IS NULL" if self.board_id == NO_BOARD else "board_id = ?")
            values += [] if self.board_id == NO_BOARD else [self.board_id]
        if self.search:
            parts.append("(metadata LIKE ? OR created_at LIKE ?)")
            values += [f"%{self.search}%"] * 2
        return " AND ".join(parts), values


def _order(*, newest_first: bool, starred_first: bool) -> str:
    way = "DESC" if newest_first else "ASC"
    return f"{'starred DESC, ' if starred_first else ''}created_at {way}, rowid {way}"


def _dto(row: sqlite3.Row) -> ImageDTO:
    values: dict[str, Any] = {key: row[key] for key in row.keys()}  # noqa: SIM118
    flags = {key: bool(values[key]) for key in (*_FLAGS, "has_workflow")}
    urls = {key: f"{_URL}{row['image_name']}/{file}" for key, file in _FILES.items()}
    return ImageDTO.model_validate({**values, **flags, **urls})


class Images:
    """The pictures of a store that its user sees."""

    def __init__(self, database: InvokeDatabase, owner: Owner = EVERYBODY) -> None:
        self._database = database
        self._owner = owner
        self.files = ImageFiles(database.folder)

    def save(self, image: Image.Image, wish: ImageWish) -> ImageDTO:
        """Keep a picture under a new name."""
        name = f"{uuid.uuid4()}.png"
        self.files.save(name, image, wish.texts)
        moment = now()
        self._database.insert(
            "images",
            {
                "image_name": name,
                "image_origin": wish.origin.value,
                "image_category": wish.category.value,
                "width": image.width,
                "height": image.height,
                "session_id": wish.session_id,
                "node_id": wish.node_id,
                "metadata": wish.metadata,
                "is_intermediate": int(wish.is_intermediate),
                "workflow": wish.workflow,
                "graph": wish.graph,
                "board_id": wish.board_id,
                "created_at": moment,
                "updated_at": moment,
                "client": self._owner.client,
            },
        )
        return self.get(name)

    def _one(self, columns: str, name: str) -> sqlite3.Row | None:
        mine, values = self._owner.condition()
        sql = f"SELECT {columns} FROM images WHERE image_name = ? AND {mine}"
        return self._database.row(sql, (name, *values))

    def _condition(self, which: ImageFilter) -> tuple[str, list[Any]]:
        condition, values = which.condition()
        mine, more = self._owner.condition()
        return f"{condition} AND {mine}", [*values, *more]

    def get(self, name: str) -> ImageDTO:
        """A picture. Raises ImageRecordNotFoundException."""
        row = self._one(_COLUMNS, name)
        if row is None:
            raise ImageRecordNotFoundException(f"there is no picture {name}")
        return _dto(row)

    def exists(self, name: str) -> bool:
        """True if there is such a picture that its user sees."""
        return self._one("1", name) is not None

    def open(self, name: str) -> Image.Image:
        """Its pixels. Raises ImageRecordNotFoundException or ImageFileNotFoundException."""
        if not self.exists(name):
            raise ImageRecordNotFoundException(f"there is no picture {name}")
        return self.files.open(name)

    def text(self, name: str, what: str) -> str | None:
        """Its ``metadata``, ``workflow`` or ``graph`` as JSON. Raises ImageRecordNotFoundException."""
        row = self._one(what, name)
        if row is None:
            raise ImageRecordNotFoundException(f"there is no picture {name}")
        return row[0]

    def metadata(self, name: str) -> Mapping[str, Any] | None:
        """Its metadata. Raises ImageRecordNotFoundException."""
        text = self.text(name, "metadata")
        found: Any = json.loads(text) if text else None
        return found if isinstance(found, dict) else None

    def named(self, names: Sequence[str]) -> list[ImageDTO]:
        """Those of the pictures that there are, in this order."""
        found: dict[str, ImageDTO] = {}
        mine, values = self._owner.condition()
        for start in range(0, len(names), 500):
            part = names[start : start + 500]
            sql = f"SELECT {_COLUMNS} FROM images WHERE image_name IN ({marks(part)}) AND {mine}"
            found |= {row["image_name"]: _dto(row) for row in self._database.rows(sql, (*part, *values))}
        return [found[name] for name in names if name in found]

    def count(self, which: ImageFilter) -> int:
        """The number of pictures that meet the conditions."""
        condition, values = self._condition(which)
        return self._database.number(f"SELECT COUNT(*) FROM images WHERE {condition}", values)

    def page(
        self,
        which: ImageFilter,
        *,
        offset: int,
        limit: int,
        newest_first: bool = True,
        starred_first: bool = True,
    ) -> str:
        """Some of them in order, as a JSON list of ``ImageDTO``.

        SQLite writes it: of twenty thousand pictures that takes a third of the time that values would.
        """
        condition, values = self._condition(which)
        order = _order(newest_first=newest_first, starred_first=starred_first)
        sql = f"SELECT json_object({_AS_JSON}) FROM images WHERE {condition} ORDER BY {order}"
        rows = self._database.rows(f"{sql} LIMIT ? OFFSET ?", (*values, limit, offset))
        return f"[{','.join(row[0] for row in rows)}]"

    def names(
        self, which: ImageFilter, *, newest_first: bool = True, starred_first: bool = False
    ) -> list[str]:
        """Names of all of them in order."""
        condition, values = self._condition(which)
        order = _order(newest_first=newest_first, starred_first=starred_first)
        rows = self._database.rows(
            f"SELECT image_name FROM images WHERE {condition} ORDER BY {order}", values
        )
        return [row[0] for row in rows]

    def change(self, name: str, **values: Any) -> ImageDTO:
        """Change columns. Raises ImageRecordNotFoundException."""
        mine, more = self._owner.condition()
        where, changed = f"image_name = ? AND {mine}", {**values, "updated_at": now()}
        if not self._database.update("images", changed, where, (name, *more)):
            raise ImageRecordNotFoundException(f"there is no picture {name}")
        return self.get(name)

    def delete(self, name: str) -> bool:
        """Remove a picture; False if there is none."""
        mine, values = self._owner.condition()
        sql = f"DELETE FROM images WHERE image_name = ? AND {mine}"
        gone = self._database.change(sql, (name, *values)) > 0
        if gone:
            self.files.delete(name)
        return gone
