"""Keeps network files that were read in memory, and reads a changed file again."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Generic, NamedTuple, TypeVar

from pipelines.networks.hypernetwork import Hypernetwork, read_hypernetwork
from pipelines.networks.network import Network, read_network

DEFAULT_BYTES = 512 * 2**20

T = TypeVar("T")


class _Entry(NamedTuple, Generic[T]):
    """A file's contents with the mtime (ns) and the size that it had."""

    version: int
    bytes: int
    content: T


class FileCache(Generic[T]):
    """Contents of files by path, up to ``max_bytes`` of files, least recently used out first.

    The one asked for last always stays.
    """

    def __init__(self, read: Callable[[Path], T], max_bytes: int) -> None:
        self._read = read
        self._max_bytes = max_bytes
        self._entries: OrderedDict[Path, _Entry[T]] = OrderedDict()

    def get(self, path: Path) -> T:
        """What a file holds now. Raises CorruptFile, OSError."""
        status = path.stat()
        entry = self._entries.pop(path, None)
        if entry is None or (entry.version, entry.bytes) != (status.st_mtime_ns, status.st_size):
            entry = _Entry(status.st_mtime_ns, status.st_size, self._read(path))
        self._entries[path] = entry
        self._shrink()
        return entry.content

    @property
    def bytes(self) -> int:
        """Size of the files whose contents are kept."""
        return sum(entry.bytes for entry in self._entries.values())

    def clear(self) -> None:
        """Forget every file."""
        self._entries.clear()

    def _shrink(self) -> None:
        while len(self._entries) > 1 and self.bytes > self._max_bytes:
            self._entries.popitem(last=False)


class NetworkCache(FileCache[Network]):
    """Files of the LoRA family."""

    def __init__(self, max_bytes: int = DEFAULT_BYTES) -> None:
        super().__init__(read_network, max_bytes)


class HypernetworkCache(FileCache[Hypernetwork]):
    """Hypernetwork files."""

    def __init__(self, max_bytes: int = DEFAULT_BYTES) -> None:
        super().__init__(read_hypernetwork, max_bytes)
