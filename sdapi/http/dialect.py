"""A client's API as the core sees it: the form of its errors, and its names of our fields."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Any

from pydantic import BaseModel


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """An error, ready to be sent: ``message`` and ``field`` are in the dialect's names already.

    ``kind`` is the class of ``error``, which a dialect may look at for more.
    """

    status: int
    kind: str
    message: str
    field: str | None
    error: Exception


class FieldNames:
    """A dialect's names of our field paths; a path without a row keeps our name.

    The longest path that fits counts, and what follows it stays: with ``start.images`` → ``init_images``,
    ``start.images.0`` is ``init_images.0``. A ``*`` is one part of a path and may be used again on the right;
    an empty name takes the path's beginning away. A warning goes on with ``: ``, or with a blank after a path
    that no sentence begins with, since it has a dot.
    """

    def __init__(self, table: Mapping[str, str]) -> None:
        longest_first = sorted(table.items(), key=lambda row: row[0].count("."), reverse=True)
        self._rules = [(_pattern(ours), theirs) for ours, theirs in longest_first]

    def of(self, path: str) -> str:
        """One of our paths, or a warning that begins with one, in the dialect's names."""
        for pattern, theirs in self._rules:
            if found := pattern.match(path):
                name = reduce(lambda said, part: said.replace("*", part, 1), found.groups(), theirs)
                rest = path[found.end() :]
                return name + rest if name else rest.removeprefix(".")
        return path

    def of_message(self, message: str, path: str | None) -> str:
        """A message that may begin with its field's path."""
        return self.of(path) + message[len(path) :] if path and message.startswith(path) else message


def _pattern(path: str) -> re.Pattern[str]:
    """Matches a path at the beginning of a longer one, or of a warning."""
    parts = [r"([^.:\s]+)" if part == "*" else re.escape(part) for part in path.split(".")]
    after = r"(?=[.:]|$)" if len(parts) == 1 else r"(?=[.:\s]|$)"
    return re.compile(r"\.".join(parts) + after)


OUR_NAMES = FieldNames({})


def _own_status(fault: Fault) -> int:
    return fault.status


def _nothing(told: Mapping[str, Any]) -> Mapping[str, Any]:
    return {}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Dialect:
    """One API. ``say`` makes the JSON of an error, in a body or on a WebSocket; ``status`` its status.

    ``any_case``: its paths are matched whatever their letter case. ``errors`` are the errors in the OpenAPI
    document: the model of their body by status; None is for an API whose errors are A1111's. ``adds``
    are fields that a job's result has for its clients in addition to its own.
    """

    name: str
    say: Callable[[Fault], Mapping[str, Any]]
    fields: FieldNames = OUR_NAMES
    status: Callable[[Fault], int] = _own_status
    adds: Callable[[Mapping[str, Any]], Mapping[str, Any]] = _nothing
    any_case: bool = False
    errors: Mapping[int, type[BaseModel]] | None = None


def _say_plainly(fault: Fault) -> Mapping[str, Any]:
    return {"error": fault.kind, "message": fault.message, "field": fault.field}


PLAIN = Dialect(name="plain", say=_say_plainly)
"""Our own words, where no dialect is declared."""
