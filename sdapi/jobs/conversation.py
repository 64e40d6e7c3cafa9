"""A WebSocket on which messages arrive while frames go out: bounded for slow clients, aware of lost ones."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

from starlette.websockets import WebSocket, WebSocketDisconnect

from sdapi.http.limits import Limits
from sdapi.http.responses import dump_json
from sdapi.jobs.sockets import read_message, receive_text

SEND_SECONDS = 120.0
"""Seconds that sending one frame may take; then the client counts as gone."""
MOST_UNSENT = 1 << 20
"""Characters of frames that may wait to be sent before ``say`` waits."""


class ClientLeft(Exception):
    """The client has closed the socket or is gone."""


class Conversation:
    """One open socket, as a context: accepted when entered, closed when left.

    Frames are sent in order by a task of their own. ``show`` puts a frame in place of an unsent one of the
    same name, so that a slow client is sent the newest only; ``say`` waits for room.
    """

    def __init__(self, socket: WebSocket, limits: Limits) -> None:
        self._socket = socket
        self._limits = limits
        self._message: str | bytes | None = None
        self._arrived, self._taken = asyncio.Event(), asyncio.Event()
        self._unsent: dict[object, str] = {}
        self._waiting = 0
        self._work, self._moved = asyncio.Event(), asyncio.Event()
        self._sending = False
        self._reader: asyncio.Task[None] | None = None
        self._writer: asyncio.Task[None] | None = None
        self.left = asyncio.Event()

    async def __aenter__(self) -> Self:
        await self._socket.accept()
        self._reader = asyncio.create_task(self._read())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            await self.drained()
        tasks = [task for task in (self._reader, self._writer) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if not self.left.is_set():
            await self._close(1000 if error is None else 1011)

    async def message(self, seconds: float | None = None) -> Any:
        """The next message, parsed. Raises TimeoutError, ClientLeft, and ApiError for bad JSON.

        Nothing is lost when this is cancelled, or late.
        """
        async with asyncio.timeout(seconds):
            await self._arrived.wait()
        text, self._message = self._message, None
        if text is None:
            raise ClientLeft
        if not self.left.is_set():
            self._arrived.clear()
        self._taken.set()
        return read_message(text, self._limits)

    async def say(self, frame: Mapping[str, Any]) -> None:
        """Send a frame that nothing overtakes, once there is room; a client that is gone is sent nothing."""
        while self._waiting > MOST_UNSENT and not self.left.is_set():
            await self._next_move()
        if not self.left.is_set():
            self._put(object(), frame)

    def show(self, name: object, frame: Mapping[str, Any]) -> None:
        """Send a frame unless a newer one of this name comes before its turn."""
        if not self.left.is_set():
            self._put(name, frame)

    async def drained(self) -> None:
        """Wait until all is sent, or the client is gone."""
        while (self._unsent or self._sending) and not self.left.is_set():
            await self._next_move()

    def _put(self, name: object, frame: Mapping[str, Any]) -> None:
        text = dump_json(dict(frame)).decode()
        self._waiting += len(text) - len(self._unsent.get(name, ""))
        self._unsent[name] = text
        self._work.set()
        if self._writer is None:  # not before: most of many sockets are silent
            self._writer = asyncio.create_task(self._write())

    async def _next_move(self) -> None:
        self._moved.clear()
        await self._moved.wait()

    async def _read(self) -> None:
        """Read the next message when this one was taken, so that no client fills the memory."""
        try:
            while True:
                self._message = await receive_text(self._socket)
                self._taken.clear()
                self._arrived.set()
                await self._taken.wait()
        except (WebSocketDisconnect, RuntimeError):
            self._leave()

    async def _write(self) -> None:
        try:
            while True:
                await self._work.wait()
                await self._send_first()
        except (WebSocketDisconnect, RuntimeError, OSError):  # TimeoutError is an OSError
            self._leave()

    async def _send_first(self) -> None:
        name = next(iter(self._unsent))
        text, self._sending = self._unsent.pop(name), True
        async with asyncio.timeout(SEND_SECONDS):
            await self._socket.send_text(text)
        self._sending = False
        self._waiting -= len(text)
        if not self._unsent:
            self._work.clear()
        self._moved.set()

    def _leave(self) -> None:
        self._arrived.set()
        self.left.set()
        self._unsent.clear()
        self._moved.set()

    async def _close(self, code: int) -> None:
        try:
            await self._socket.close(code)
        except (WebSocketDisconnect, RuntimeError):
            self._leave()
