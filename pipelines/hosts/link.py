"""The server's end of an engine's host, be it a process or an actor on another node."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol, TypeAlias

from pipelines.hosts.protocol import ToEngine


class Link(Protocol):
    """One life of a host: messages to it and from it, from its start to its end."""

    def send(self, message: ToEngine) -> None:
        """Send in order and return at once; a message to a host that has ended is lost."""
        ...

    async def receive(self, silence: float) -> object | None:
        """Wait for the next message; None once the host has ended.

        Raises TimeoutError if it lives and sends nothing for ``silence`` seconds, CodecError for a message
        that can't be read.
        """
        ...

    def kill(self) -> None:
        """End the host and return at once. A ``receive`` that waits returns None soon."""
        ...

    async def close(self) -> str:
        """Free what is left of a host that has ended or was killed, and return how it ended, in words."""
        ...


Opener: TypeAlias = Callable[[], Awaitable[Link]]
"""A function that makes a host. Raises OSError if there can be none."""
