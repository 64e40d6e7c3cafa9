"""Keep the thing that was loaded last, and no other."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, TypeVar

from pipelines.plugin import WeightShelf, stamp

T = TypeVar("T")


def file_key(paths: Iterable[Path]) -> tuple[object, ...]:
    """A key that changes with the files: their paths, sizes and times of last change."""
    return tuple((path, stamp(path)) for path in paths)


@dataclass(slots=True)
class Kept(Generic[T]):
    """One loaded thing of an ``owner``, on the shelf that counts its weights."""

    owner: str = "one"
    shelf: WeightShelf = field(default_factory=WeightShelf)

    def get(self, key: tuple[object, ...], load: Callable[[], T], files: Iterable[Path] = ()) -> T:
        """The thing of a key; another leaves before it is loaded. Its size is estimated from ``files``."""
        return self.shelf.get(self.owner, key, load, files=files, most=1)
