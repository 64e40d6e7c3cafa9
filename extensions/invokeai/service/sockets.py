"""Events for clients: one socket.io server, whose rooms are queues."""

from __future__ import annotations

import time
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from sdapi.plugin import caller_of

PATH = "ws/socket.io"


class SocketHub:
    """Clients subscribe to a queue; with a key of their own they get events of their own items only.

    The server is made when the first client comes; until then no event is sent.
    """

    def __init__(self) -> None:
        self._server: Any = None
        self._clients: dict[str, str | None] = {}

    @cached_property
    def app(self) -> Any:
        """The ASGI application of the socket.io server."""
        import socketio  # takes a moment, and not every server has such clients

        self._server = socketio.AsyncServer(async_mode="asgi", cors_allowed_origins=[])
        for name, handler in (
            ("connect", self._connect),
            ("disconnect", self._disconnect),
            ("subscribe_queue", self._subscribe),
            ("unsubscribe_queue", self._unsubscribe),
            ("subscribe_bulk_download", self._nothing),
            ("unsubscribe_bulk_download", self._nothing),
        ):
            self._server.on(name, handler)
        return socketio.ASGIApp(self._server, socketio_path=PATH)

    @property
    def heard(self) -> bool:
        """True if a client is connected; else no event needs to be put together."""
        return bool(self._clients)

    async def _connect(self, sid: str, environ: Mapping[str, Any], auth: Any = None) -> None:
        caller = caller_of(environ.get("asgi.scope", {}))
        self._clients[sid] = None if caller.sees_all else caller.client

    async def _disconnect(self, sid: str, reason: Any = None) -> None:
        self._clients.pop(sid, None)

    async def _subscribe(self, sid: str, data: Any = None) -> None:
        await self._server.enter_room(sid, self._room(sid, data))

    async def _unsubscribe(self, sid: str, data: Any = None) -> None:
        await self._server.leave_room(sid, self._room(sid, data))

    async def _nothing(self, sid: str, data: Any = None) -> None:
        """Do nothing: there are no downloads in bulk."""

    def _room(self, sid: str, data: Any) -> str:
        queue = str(data.get("queue_id", "default")) if isinstance(data, dict) else "default"
        return _room_of(queue, self._clients.get(sid))

    async def tell(self, name: str, data: Mapping[str, Any], *, queue_id: str, client: str = "") -> None:
        """Send an event to subscribers of a queue; ``client`` is the owner of the item that it is about."""
        if not self.heard:
            return
        told = {"timestamp": int(time.time()), "queue_id": queue_id, **data}
        for room in {_room_of(queue_id, None), _room_of(queue_id, client)}:
            await self._server.emit(name, told, room=room)


def _room_of(queue_id: str, client: str | None) -> str:
    return queue_id if client is None else f"{queue_id}\n{client}"
