"""A client's connection with bounds: few enough, heads short, heads and bodies in time, answers read."""

from __future__ import annotations

import asyncio
from typing import Any, ClassVar, cast

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

ENTRY = 4
"""Bytes of a header line beside name and value."""


class BoundedConnection(HttpToolsProtocol):
    """uvicorn's connection, which by itself waits for ever.

    A head must be complete ``HEAD_SECONDS`` after its first byte (or after the connection was made). A body
    has ``BODY_GRACE`` seconds, and goes on as long as ``BODY_RATE`` bytes per second arrive on average; the
    time in which this server doesn't read isn't counted. A client that reads nothing of its answer for
    ``READ_SECONDS`` is left. Connections beyond uvicorn's ``limit_concurrency`` are answered 503, without
    cost to the others, which uvicorn itself would refuse too; beyond ``SPARE`` more they just end.

    WebSockets count by themselves: most are silent for hours, and cost little. Beyond ``MOST_SOCKETS`` they
    are answered 503; None is any number.
    """

    HEAD_SECONDS: ClassVar[float] = 30.0
    HEAD_BYTES: ClassVar[int] = 65_536
    BODY_GRACE: ClassVar[float] = 30.0
    BODY_RATE: ClassVar[float] = 16_384.0
    READ_SECONDS: ClassVar[float] = 120.0
    SURPLUS_SECONDS: ClassVar[float] = 1.0
    SPARE: ClassVar[int] = 100
    MOST_SOCKETS: ClassVar[int | None] = None

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self._deadline: asyncio.TimerHandle | None = None
        self._reading_deadline: asyncio.TimerHandle | None = None
        self._in_head = False
        self._upgraded = False
        self._arrived = 0
        self._head = 0
        self._body = 0
        self._body_seconds = 0.0
        self._most = self.limit_concurrency
        self._surplus = False
        self.limit_concurrency = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for the first head, or for anything that can be refused."""
        super().connection_made(transport)
        beyond = self._beyond()
        self._surplus = beyond > 0
        if beyond > self.SPARE:
            transport.abort()
        else:
            self._allow(self.SURPLUS_SECONDS if self._surplus else self.HEAD_SECONDS)

    def _beyond(self) -> int:
        """Number of connections beyond the bound, WebSockets aside."""
        beyond = 0 if self._most is None else len(self.connections) - self._most
        return beyond - self._sockets() if beyond > 0 else beyond

    def _sockets(self) -> int:
        """Number of open WebSockets."""
        return sum(not isinstance(one, HttpToolsProtocol) for one in self.connections)

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing more."""
        self._allow(None)
        self._stop_watching_the_reader()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what arrives; what is neither head nor body is waited for as a head is."""
        if self._surplus:  # read first: a client that is refused before may see a reset, not the answer
            self._refuse(503, "the server has no room for more connections", b"retry-after: 1\r\n")
            return
        unfinished = self._in_head
        super().data_received(data)
        if self._upgraded:
            return
        if unfinished and self._in_head:
            self._arrived += len(data)  # httptools keeps a header to itself until all of it is there
            if self._arrived > self.HEAD_BYTES:
                self._refuse_head()
        if self._unanswered() is None and self._deadline is None and self.timeout_keep_alive_task is None:
            self._allow(self.HEAD_SECONDS)

    def on_message_begin(self) -> None:
        """Begin to count a head, and wait for its end."""
        super().on_message_begin()
        self._in_head, self._head, self._arrived = True, 0, 0
        self._allow(self.HEAD_SECONDS)

    def on_url(self, url: bytes) -> None:
        """Count a piece of the head."""
        self._count_head(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Count a piece of the head."""
        self._count_head(len(name) + len(value) + ENTRY)
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Begin to count a body, and wait for its end."""
        self._in_head, self._body, self._body_seconds = False, 0, 0.0
        self._allow(self.BODY_GRACE)
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Count a piece of the body."""
        self._body += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Stop waiting: the request is here, and its answer may take as long as it takes."""
        self._allow(None)
        super().on_message_complete()

    def handle_websocket_upgrade(self) -> None:
        """Leave the connection to the WebSocket, which is not waited for."""
        if self.MOST_SOCKETS is not None and self._sockets() >= self.MOST_SOCKETS:
            self._refuse(503, "the server has no room for more WebSockets", b"retry-after: 1\r\n")
            return
        self._upgraded = True
        self._allow(None)
        super().handle_websocket_upgrade()

    def send_400_response(self, msg: str) -> None:
        """Answer a request that isn't HTTP; one whose head is too long is refused for that."""
        if self._head > self.HEAD_BYTES:
            self._refuse_head()
        else:
            super().send_400_response(msg)

    def pause_writing(self) -> None:
        """Watch whether the client reads on."""
        super().pause_writing()
        self._watch_the_reader()

    def resume_writing(self) -> None:
        """Stop watching: the client has read."""
        super().resume_writing()
        self._stop_watching_the_reader()

    def _count_head(self, size: int) -> None:
        self._head += size
        if self._head > self.HEAD_BYTES:
            raise ValueError("the head is too long")

    def _allow(self, seconds: float | None) -> None:
        """Wait ``seconds`` from now for the next step; None for as long as it takes."""
        if self._deadline is not None:
            self._deadline.cancel()
        self._deadline = None if seconds is None else self.loop.call_later(seconds, self._too_late, seconds)

    def _too_late(self, seconds: float) -> None:
        """Go on waiting for a body that arrives fast enough; refuse what doesn't."""
        self._deadline = None
        cycle = self._unanswered()
        in_body = cycle is not None and cycle.more_body
        if in_body and (rest := self._body_rest(seconds)) > 0:
            self._allow(max(rest, self.BODY_GRACE / 10))
        elif self._in_head if cycle is None else in_body and not cycle.response_started:
            self._refuse(408, "the request took too long to arrive")
        elif not self.transport.is_closing():
            self.transport.close()

    def _unanswered(self) -> RequestResponseCycle | None:
        """The request that is being answered, if there is one."""
        cycle = cast(
            "RequestResponseCycle | None", self.cycle
        )  # None before the first, whatever its type says
        return None if cycle is None or cycle.response_complete else cycle

    def _body_rest(self, waited: float) -> float:
        """Seconds that the body still has."""
        self._body_seconds += 0.0 if self.flow.read_paused else waited
        return self.BODY_GRACE + self._body / self.BODY_RATE - self._body_seconds

    def _refuse_head(self) -> None:
        self._refuse(431, f"the head of the request is larger than {self.HEAD_BYTES} bytes")

    def _refuse(self, status: int, text: str, header: bytes = b"") -> None:
        """Answer without the application, and close."""
        if self.transport.is_closing():
            return
        body = text.encode("ascii")
        head = b"content-type: text/plain; charset=utf-8\r\nx-content-type-options: nosniff\r\n"
        length = b"content-length: %d\r\nconnection: close\r\n\r\n" % len(body)
        self.transport.write(STATUS_LINE[status] + head + header + length + body)
        self.transport.close()

    def _watch_the_reader(self) -> None:
        self._stop_watching_the_reader()
        waiting = self.transport.get_write_buffer_size()
        self._reading_deadline = self.loop.call_later(self.READ_SECONDS, self._check_reader, waiting)

    def _stop_watching_the_reader(self) -> None:
        if self._reading_deadline is not None:
            self._reading_deadline.cancel()
            self._reading_deadline = None

    def _check_reader(self, waited: int) -> None:
        if self.transport.get_write_buffer_size() < waited:
            self._watch_the_reader()
        else:
            self.transport.abort()


def bounded(sockets: int | None) -> type[BoundedConnection]:
    """A class of connections of which at most ``sockets`` may be WebSockets; None is any number."""
    return type("BoundedConnection", (BoundedConnection,), {"MOST_SOCKETS": sockets})
