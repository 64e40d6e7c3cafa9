"""A value read from some folders, kept until something in them changes or a refresh is asked for."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Generic, TypeAlias, TypeVar

from pipelines.catalog.files import stamp
from pipelines.contract.settings import Folders

T = TypeVar("T")
Signature: TypeAlias = dict[str, int | None]
"""Folders (and the mark of refreshes) with the times of their last change, None for one that is gone."""

UNSETTLED = 2.0
"""Seconds in which a folder may change again without a new time of change."""


class Listing(Generic[T]):
    """The value that ``read`` makes of some folders and those below them.

    ``get`` reads again after a file came or went, which shows in the time of its folder's last change, and
    after ``refresh`` in any process of the data folder.
    """

    def __init__(self, folders: Folders, places: Iterable[Path], read: Callable[[], T]) -> None:
        self._mark = folders.refresh_mark
        self._places = tuple(places)
        self._read = read
        self._kept: tuple[Signature, T] | None = None

    def get(self) -> T:
        """Return the value for the folders as they are now."""
        kept = self._kept
        if kept is not None and kept[0] and all(_changed(name) == time for name, time in kept[0].items()):
            return kept[1]
        return self.refresh()

    def refresh(self) -> T:
        """Read the folders again, and return the new value."""
        signature = self._signature()
        content = self._read()
        self._kept = (signature, content)
        return content

    def _signature(self) -> Signature:
        """Return the last change of each folder.

        Empty if one changed within ``UNSETTLED`` seconds, since a further change might not show.
        """
        names = {str(self._mark), *(name for place in self._places for name in _below(place))}
        found = {name: _changed(name) for name in names}
        latest = max((time for time in found.values() if time is not None), default=0)
        return {} if time.time_ns() - latest < UNSETTLED * 1e9 else found


def announce_refresh(folders: Folders) -> None:
    """Have every process of the data folder read its listings again. Raises OSError."""
    folders.refresh_mark.parent.mkdir(parents=True, exist_ok=True)
    folders.refresh_mark.touch()


def _below(place: Path) -> list[str]:
    """Return a folder and all below it; links are followed, each folder once."""
    found: dict[str, str] = {}
    for root, folders, _ in os.walk(place, followlinks=True):
        if found.setdefault(os.path.realpath(root), root) is not root:
            folders.clear()
    return [str(place), *found.values()]


def _changed(name: str) -> int | None:
    status = stamp(Path(name))
    return None if status is None else status[0]
