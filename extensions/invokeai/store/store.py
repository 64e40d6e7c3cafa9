"""All of the store in one place."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from extensions.invokeai.store.boards import Boards
from extensions.invokeai.store.cache_state import CacheState
from extensions.invokeai.store.database import InvokeDatabase
from extensions.invokeai.store.events import SessionEvents
from extensions.invokeai.store.images import Images
from extensions.invokeai.store.items import Items
from extensions.invokeai.store.owner import EVERYBODY, Owner
from extensions.invokeai.store.workflows import Workflows


@dataclass(frozen=True, slots=True, kw_only=True)
class Gallery:
    """Pictures, boards and workflows as one user sees them."""

    images: Images
    boards: Boards
    workflows: Workflows


class InvokeStore:
    """Pictures, boards, items and events below one data folder."""

    def __init__(self, data: Path) -> None:
        self.database = InvokeDatabase(data)
        self.folder = self.database.folder
        self.items = Items(self.database)
        self.events = SessionEvents(self.database)
        self.cache_state = CacheState(self.database)
        everything = self.seen_by(EVERYBODY)
        self.images = everything.images
        self.boards = everything.boards

    def seen_by(self, owner: Owner) -> Gallery:
        """The part of the store that an owner sees."""
        return Gallery(
            images=Images(self.database, owner),
            boards=Boards(self.database, owner),
            workflows=Workflows(self.database, owner),
        )
