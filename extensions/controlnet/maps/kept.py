"""Keep what was loaded last, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, TypeVar

from pipelines.plugin import WeightShelf, stamp

T = TypeVar("T")


def file_key(paths: Iterable[Path]) -> tuple[object, ...]:
    """What tells files from others of the same names: places, sizes and times of their last change."""
    return tuple((path, stamp(path)) for path in paths)


@dataclass(slots=True)
class Kept(Generic[T]):
    """One loaded thing of an ``owner``, on the shelf where its weights count."""

    owner: str = "one"
    shelf: WeightShelf = field(default_factory=WeightShelf)

    def get(self, key: tuple[object, ...], load: Callable[[], T], files: Iterable[Path] = ()) -> T:
        """The thing of a key; another one leaves before it is loaded. ``files`` tell how large it will be."""
        return self.shelf.get(self.owner, key, load, files=files, most=1)
