"""All of the store in one place."""

from __future__ import annotations

from pathlib import Path

from extensions.invokeai.store.boards import Boards
from extensions.invokeai.store.database import InvokeDatabase
from extensions.invokeai.store.events import SessionEvents
from extensions.invokeai.store.images import Images
from extensions.invokeai.store.items import Items


class InvokeStore:
    """Pictures, boards, items and events below one data folder."""

    def __init__(self, data: Path) -> None:
        self.database = InvokeDatabase(data)
        self.folder = self.database.folder
        self.images = Images(self.database)
        self.boards = Boards(self.database)
        self.items = Items(self.database)
        self.events = SessionEvents(self.database)
