"""Hosts of engines without processes: a test reads what the server sends and chooses what comes back."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TypeVar

from pipelines.hosts.engine_spec import EngineSpec
from pipelines.hosts.link import Link
from pipelines.hosts.protocol import FromEngine, Ready, Shutdown, ToEngine
from tests.pipelines.jobs.helpers import make_spec, until

M = TypeVar("M")


class FakeLink:
    """One life of a host; it ends at a ``Shutdown``, at a kill, and when a test ends it."""

    def __init__(self) -> None:
        self.sent: list[ToEngine] = []
        self.killed = False
        self._coming: asyncio.Queue[FromEngine | Exception | None] = asyncio.Queue()

    def send(self, message: ToEngine) -> None:
        """Keep a message of the server."""
        self.sent.append(message)
        if isinstance(message, Shutdown):
            self.end()

    async def receive(self, silence: float) -> object | None:
        """Wait for the next message that a test gives; an exception is raised."""
        async with asyncio.timeout(silence):
            message = await self._coming.get()
        if isinstance(message, Exception):
            raise message
        return message

    def give(self, *messages: FromEngine | Exception) -> None:
        """Let the host send messages, or fail to."""
        for message in messages:
            self._coming.put_nowait(message)

    def end(self) -> None:
        """End this life after what was given."""
        self._coming.put_nowait(None)

    def kill(self) -> None:
        """End this life at once, as far as the server can tell."""
        self.killed = True
        self.end()

    async def close(self) -> str:
        """Return a reason as a link does."""
        return "it was killed" if self.killed else "it went away"

    def of(self, kind: type[M]) -> list[M]:
        """Return the messages of this kind that the server has sent."""
        return [message for message in self.sent if isinstance(message, kind)]


class FakeHosts:
    """The lives of one engine's host, in order. ``refusal``: no host can be made while it is set."""

    def __init__(self) -> None:
        self.lives: list[FakeLink] = []
        self.refusal = ""

    async def open(self) -> Link:
        """Begin another life. Raises OSError while refused."""
        if self.refusal:
            raise OSError(self.refusal)
        self.lives.append(FakeLink())
        return self.lives[-1]

    def spec(self, device: str = "cpu", **changes: float) -> EngineSpec:
        """Return the engine whose host this is; a failed start is tried again almost at once."""
        return replace(make_spec(device, pause_first=0.001, pause_most=0.001), open=self.open, **changes)

    async def ready(self, life: int = 1, *, capacity: int = 1) -> FakeLink:
        """Wait for a life of the host, counted from 1, and let its engine be ready."""
        await until(lambda: len(self.lives) >= life)
        link = self.lives[life - 1]
        link.give(Ready(pid=life, capacity=capacity))
        return link
