"""Files by the names that clients send, and the names that listings show."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePath
from typing import Protocol


class KnownCheckpoint(Protocol):
    """A row of the catalog."""

    @property
    def title(self) -> str: ...
    @property
    def filename(self) -> str: ...


def find_model(name: str, known: Iterable[KnownCheckpoint]) -> str | None:
    """The title of a file: by its name with folders, by its bare name, with or without suffix."""
    wanted = name.replace("\\", "/").strip().casefold()
    if wanted in ("", "none"):
        return None
    rows = [(PurePath(row.filename.replace("\\", "/")), row.title) for row in known]
    for path, title in rows:
        if wanted in (path.name.casefold(), path.stem.casefold(), title.casefold()):
            return title
    return next((title for path, title in rows if PurePath(wanted).name == path.name.casefold()), None)


def listed_names(paths: Iterable[str], folders: Iterable[str]) -> list[str]:
    """Files as listings show them: below their models folder, with ``/`` between folders."""
    roots = [PurePath(folder) for folder in folders]
    return [_below(PurePath(path), roots) for path in paths]


def _below(path: PurePath, roots: list[PurePath]) -> str:
    root = next((root for root in roots if path.is_relative_to(root)), None)
    return (path.name if root is None else str(path.relative_to(root))).replace("\\", "/")
