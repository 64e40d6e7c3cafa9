"""The client on whose behalf the store is used."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """The owner of what is made: ``client``, which sees others' things only if it ``sees_all``."""

    client: str = ""
    sees_all: bool = True

    def condition(self) -> tuple[str, list[Any]]:
        """A part of a query behind WHERE, and its values."""
        return ("1", []) if self.sees_all else ("client = ?", [self.client])


EVERYBODY = Owner()
