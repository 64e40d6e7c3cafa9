"""Values that extensions keep for a job or an engine, one of each type."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

T = TypeVar("T")


class TypedStore:
    """One value of each type; the type is the key, so no two extensions clash and no reader casts.

    An extension keeps a class of its own, never a plain ``dict`` or ``list``.
    """

    def __init__(self) -> None:
        self._values: dict[type, object] = {}

    def get(self, kind: type[T]) -> T | None:
        """The value of that type, None if there is none."""
        return cast("T | None", self._values.get(kind))

    def keep(self, kind: type[T], make: Callable[[], T]) -> T:
        """The value of that type, made if there is none yet."""
        found = self.get(kind)
        if found is None:
            found = self._values[kind] = make()
        return found

    def put(self, value: object) -> None:
        """Keep a value in place of the one of its type."""
        self._values[type(value)] = value

    def drop(self, kind: type) -> None:
        """Let the value of that type go, if there is one."""
        self._values.pop(kind, None)

    def clear(self) -> None:
        """Let every value go."""
        self._values.clear()
