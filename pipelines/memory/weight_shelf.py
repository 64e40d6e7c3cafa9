"""All weights except checkpoints and networks of prompts: upscalers, restorers, captioners, extensions."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar, cast
from weakref import WeakSet

from torch import nn

from pipelines.memory.budget import Budget

T = TypeVar("T")
Key = tuple[str, Hashable]
INNER = ("module", "model", "_model")
"""Attributes in which wrappers keep their network."""


class Holder:
    """An object for whose lifetime weights stay loaded."""

    __slots__ = ("__weakref__",)


@dataclass(slots=True, kw_only=True)
class _Entry:
    """Something loaded, its bytes, the budget's tick of its last use, and its holders."""

    content: Any
    bytes: int
    used: int = 0
    holders: WeakSet[Holder] = field(default_factory=WeakSet[Holder])


class WeightShelf:
    """Keeps what was loaded by owner and key, within the budget: what was used least recently leaves first.

    What a live holder asked for stays. Not thread-safe: the engine's thread uses it.
    """

    def __init__(self, budget: Budget | None = None) -> None:
        self._budget = budget or Budget()
        self._budget.join(self)
        self._entries: OrderedDict[Key, _Entry] = OrderedDict()

    def get(
        self,
        owner: str,
        key: Hashable,
        load: Callable[[], T],
        *,
        files: Iterable[Path] = (),
        most: int = 1,
        holder: Holder | None = None,
        blamed: str | None = None,
    ) -> T:
        """Return what ``load`` made for that key, of which at most ``most`` of one owner are kept.

        Room is made for the bytes of ``files`` before. Raises OverBudget, which blames the field ``blamed``.
        """
        place = (owner, key)
        entry = self._entries.get(place)
        if entry is None:
            self._leave(owner, most - 1)
            files = tuple(files)
            size = sum(map(_bytes_of, files))
            self._budget.require(size, files[0].name if files else owner, field=blamed)
            content = load()
            entry = self._entries[place] = _Entry(content=content, bytes=measured(content) or size)
        self._entries.move_to_end(place)
        entry.used = self._budget.tick()
        if holder is not None:
            entry.holders.add(holder)
        return cast("T", entry.content)

    @property
    def contents(self) -> list[Any]:
        """Everything that is kept, the least recently used first."""
        return [entry.content for entry in self._entries.values()]

    @property
    def bytes(self) -> int:
        """Bytes of everything that is kept."""
        return sum(entry.bytes for entry in self._entries.values())

    def oldest(self) -> int | None:
        """Return the tick of the least recent use of what has no holder; None if there is nothing."""
        place = next(self._free(), None)
        return None if place is None else self._entries[place].used

    def drop_oldest(self) -> None:
        """Let go of what was used least recently and has no holder."""
        place = next(self._free(), None)
        if place is not None:
            del self._entries[place]

    def forget(self, owner: str, key: Hashable) -> None:
        """Let one thing go, if it is here."""
        self._entries.pop((owner, key), None)

    def clear(self, owner: str | None = None) -> None:
        """Let everything go, or what one owner keeps."""
        for place in [place for place in self._entries if owner in (None, place[0])]:
            del self._entries[place]

    def _free(self) -> Iterator[Key]:
        return (place for place, entry in self._entries.items() if not entry.holders)

    def _leave(self, owner: str, most: int) -> None:
        own = [place for place in self._entries if place[0] == owner]
        free = [place for place in own if not self._entries[place].holders]
        for place in free[: max(0, len(own) - max(most, 0))]:
            del self._entries[place]


def measured(content: object) -> int:
    """Return the bytes of a network's weights; 0 for anything else."""
    for module in (content, *(getattr(content, name, None) for name in INNER)):
        if isinstance(module, nn.Module):
            return sum(tensor.nbytes for tensor in (*module.parameters(), *module.buffers()))
    return 0


def _bytes_of(path: Path) -> int:
    """Return the bytes of a file, or of a folder's safetensors, or else of all its files."""
    if path.is_dir():
        return sum(_bytes_of(inner) for inner in (list(path.glob("*.safetensors")) or path.iterdir()))
    return path.stat().st_size if path.is_file() else 0
