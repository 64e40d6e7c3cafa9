"""How the server holds an engine's host, wherever that lives."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol, TypeAlias

from pipelines.hosts.protocol import ToEngine


class Link(Protocol):
    """One life of a host: messages to it and from it, from its start to its end."""

    def send(self, message: ToEngine) -> None:
        """Returns at once, and keeps the order; what is sent to a host that has ended is lost."""
        ...

    async def receive(self, silence: float) -> object | None:
        """The next message; None once the host has ended.

        Raises TimeoutError if it lives and says nothing for ``silence`` seconds, CodecError for what can't
        be read.
        """
        ...

    def kill(self) -> None:
        """End the host; returns at once. A ``receive`` that waits answers None soon."""
        ...

    async def close(self) -> str:
        """Free what is left of a host that has ended or was killed, and say how it ended."""
        ...


Opener: TypeAlias = Callable[[], Awaitable[Link]]
"""Makes a host. Raises OSError if there can be none."""
