"""Objects that extensions keep for one application: stores and registries, made when first asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")


class ExtensionParts:
    """One object of each class. Used from the event loop only."""

    def __init__(self) -> None:
        self._made: dict[type[Any], Any] = {}

    def of(self, kind: type[T], make: Callable[[], T]) -> T:
        """The object of this class; ``make`` makes it the first time."""
        if kind not in self._made:
            self._made[kind] = make()
        return self._made[kind]

    def take(self, kind: type[T]) -> T | None:
        """Take out the object of this class, if it was made, to end it: ``of`` makes a new one then."""
        return self._made.pop(kind, None)
