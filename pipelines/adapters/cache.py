"""Keeps network files that were read in memory, and reads a changed file again."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Generic, NamedTuple, TypeVar

from pipelines.adapters.hypernetwork_file import Hypernetwork, read_hypernetwork
from pipelines.adapters.network_file import AdapterFile, read_network
from pipelines.memory.budget import Budget

DEFAULT_BYTES = 512 * 2**20

T = TypeVar("T")


class _Entry(NamedTuple, Generic[T]):
    """A file's contents with the mtime (ns) and the size that it had, and the tick of its last use."""

    version: int
    bytes: int
    content: T
    used: int


class FileCache(Generic[T]):
    """Contents of files by path, up to ``max_bytes`` of files, least recently used out first.

    The one asked for last stays, unless ``budget`` needs its room for something else.
    """

    def __init__(self, read: Callable[[Path], T], max_bytes: int, budget: Budget | None = None) -> None:
        self._read = read
        self._max_bytes = max_bytes
        self._budget = budget or Budget()
        self._budget.join(self)
        self._entries: OrderedDict[Path, _Entry[T]] = OrderedDict()

    def get(self, path: Path) -> T:
        """Return what a file holds now, read if it is new or has changed.

        Raises CorruptFile, OSError, OverBudget.
        """
        status = path.stat()
        entry = self._entries.pop(path, None)
        if entry is None or (entry.version, entry.bytes) != (status.st_mtime_ns, status.st_size):
            self._budget.require(status.st_size, path.name, field="prompt")
            entry = _Entry(status.st_mtime_ns, status.st_size, self._read(path), 0)
        self._entries[path] = entry._replace(used=self._budget.tick())
        self._shrink()
        return entry.content

    @property
    def bytes(self) -> int:
        """Size of the files whose contents are kept."""
        return sum(entry.bytes for entry in self._entries.values())

    def oldest(self) -> int | None:
        """Return the budget's tick at which the least recently used file was used; None if none is kept."""
        return next((entry.used for entry in self._entries.values()), None)

    def drop_oldest(self) -> None:
        """Forget the least recently used file."""
        self._entries.popitem(last=False)

    def clear(self) -> None:
        """Forget every file, whatever its age."""
        self._entries.clear()

    def _shrink(self) -> None:
        while len(self._entries) > 1 and self.bytes > self._max_bytes:
            self.drop_oldest()


class AdapterCache(FileCache[AdapterFile]):
    """Files of the LoRA family that were read, kept by path."""

    def __init__(self, max_bytes: int = DEFAULT_BYTES, budget: Budget | None = None) -> None:
        super().__init__(read_network, max_bytes, budget)


class HypernetworkCache(FileCache[Hypernetwork]):
    """Hypernetwork files that were read, kept by path."""

    def __init__(self, max_bytes: int = DEFAULT_BYTES, budget: Budget | None = None) -> None:
        super().__init__(read_hypernetwork, max_bytes, budget)
