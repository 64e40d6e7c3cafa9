"""Keep what was loaded last, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from pipelines.catalog.files import stamp

T = TypeVar("T")


def file_key(paths: Iterable[Path]) -> tuple[object, ...]:
    """What tells files from others of the same names: places, sizes and times of their last change."""
    return tuple((path, stamp(path)) for path in paths)


@dataclass(slots=True)
class Kept(Generic[T]):
    """One loaded thing and the key that it was asked for with."""

    key: tuple[object, ...] = ()
    value: T | None = None

    def get(self, key: tuple[object, ...], load: Callable[[], T]) -> T:
        """The thing of a key; another one leaves before it is loaded."""
        if self.value is None or self.key != key:
            self.key, self.value = (), None
            self.value = load()
            self.key = key
        return self.value
