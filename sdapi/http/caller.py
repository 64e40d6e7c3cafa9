"""The caller of a request: the key it came with, the key's role, and whose jobs and pictures it sees."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pipelines.jobs.sender import PERSON

SCOPE_KEY = "sdapi.http.caller"


class Role(StrEnum):
    """The rights of a key; each role has those of the roles before it."""

    READER = "reader"
    """Read: GET and HEAD."""
    USER = "user"
    """Make pictures and act on jobs."""
    ADMIN = "admin"
    """Change options, load and unload, stop the server; see the jobs and pictures of all."""

    def covers(self, other: Role) -> bool:
        """True if this role has the rights of another."""
        order = list(Role)
        return order.index(self) >= order.index(other)


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """The sender of a request; without a name, anybody on a server without keys, or one of A1111's users.

    ``concurrent`` bounds the jobs that wait or run at once.
    """

    name: str = ""
    role: Role = Role.ADMIN
    concurrent: int | None = None

    @property
    def client(self) -> str:
        """The mark of the caller's jobs; empty without a name."""
        return f"{PERSON}{self.name}" if self.name else ""

    @property
    def sees_all(self) -> bool:
        """True if jobs and pictures of others are shown."""
        return self.role is Role.ADMIN

    @property
    def folder(self) -> str:
        """The folder of the caller's pictures, in each output folder; empty for one who sees all."""
        if self.sees_all:
            return ""
        word = re.sub(r"[^a-z0-9]+", "-", self.name.lower()).strip("-")[:40]
        digest = hashlib.sha256(self.name.encode("utf-8", "surrogatepass")).hexdigest()[:12]
        return f"key-{word}-{digest}" if word else f"key-{digest}"


UNNAMED = Caller()


def caller_of(scope: Mapping[str, Any]) -> Caller:
    """The caller of a request or WebSocket, as admission found it."""
    caller = scope.get(SCOPE_KEY)
    return caller if isinstance(caller, Caller) else UNNAMED
