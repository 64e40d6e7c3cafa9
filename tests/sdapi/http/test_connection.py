"""Slow clients are left in time, quick ones never; heads are short."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, ClassVar

import anyio
import pytest
import uvicorn
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from sdapi.http.connection import BoundedConnection, bounded

SOON = 0.2
POST = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n"
GET = b"GET / HTTP/1.1\r\nHost: x\r\n"
LARGE = b"x" * 40_000_000


class Hasty(BoundedConnection):
    """Bounds that a test can wait for."""

    HEAD_SECONDS: ClassVar[float] = SOON
    HEAD_BYTES: ClassVar[int] = 5000
    BODY_GRACE: ClassVar[float] = SOON
    BODY_RATE: ClassVar[float] = 1000.0
    READ_SECONDS: ClassVar[float] = SOON
    SPARE: ClassVar[int] = 1


async def application(scope: Any, receive: Any, send: Any) -> None:
    """Read the body, wait as long as the path says, answer with its length or with a lot."""
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.accept"})
        await asyncio.sleep(3 * SOON)
        await send({"type": "websocket.send", "text": "late"})
        await send({"type": "websocket.close"})
    if scope["type"] != "http":
        return
    size, more = 0, scope["path"] != "/unread"
    while more:
        message = await receive()
        size, more = size + len(message.get("body", b"")), message.get("more_body", False)
    await asyncio.sleep(3 * SOON if scope["path"] == "/long" else 0)
    body = LARGE if scope["path"] == "/large" else str(size).encode()
    headers = [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


@asynccontextmanager
async def listening(
    app: Any = application, most: int | None = None, http: type[BoundedConnection] = Hasty
) -> AsyncGenerator[int]:
    """The port of a server with hasty connections."""
    config = uvicorn.Config(
        app, port=0, http=http, lifespan="off", log_config=None, access_log=False, limit_concurrency=most
    )
    server = uvicorn.Server(config)
    config.load()
    server.lifespan = config.lifespan_class(config)
    await server.startup()
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = server.force_exit = True
        await server.shutdown()


Speak = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[bytes]]


def spoken(speak: Speak) -> bytes:
    """The bytes that a client with these messages gets until the connection ends."""

    async def run() -> bytes:
        async with listening() as port:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            try:
                return await speak(reader, writer)
            finally:
                writer.transport.abort()

    return asyncio.run(asyncio.wait_for(run(), 30))


def drip(first: bytes, piece: bytes = b"x", pause: float = SOON / 10) -> Speak:
    """Send something at once and then a piece again and again, until the server has enough."""

    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        writer.write(first)
        answer = asyncio.create_task(reader.read())
        while not answer.done() and not writer.is_closing():
            writer.write(piece)
            await asyncio.sleep(pause)
        try:
            return await answer
        except ConnectionResetError:
            return b""

    return speak


@pytest.mark.parametrize(
    "first",
    [b"G", GET, GET + b"X: ", POST, b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n"],
)
def test_what_arrives_byte_by_byte_is_refused(first: bytes) -> None:
    async def silent_after(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        writer.write(first)
        return await reader.read()

    assert spoken(silent_after).startswith(b"HTTP/1.1 408 ")


@pytest.mark.parametrize("first", [GET + b"X: ", POST.replace(b"100", b"1000000")])
def test_a_drip_doesnt_help(first: bytes) -> None:
    answer = spoken(drip(first))
    assert answer.startswith(b"HTTP/1.1 408 ") or answer == b""


@pytest.mark.parametrize("first", [b"", b"\r\n"])
def test_who_says_nothing_is_left(first: bytes) -> None:
    assert spoken(drip(first, first)) == b""


@pytest.mark.parametrize(
    "head",
    [
        GET + b"X: " + b"y" * 6000 + b"\r\n\r\n",
        GET + b"X: y\r\n" * 1000 + b"\r\n",
        b"GET /" + b"y" * 6000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    ],
)
def test_long_heads_are_refused(head: bytes) -> None:
    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        writer.write(head)
        return await reader.read()

    assert spoken(speak).startswith(b"HTTP/1.1 431 ")


def test_a_header_without_end_is_refused_too() -> None:
    answer = spoken(drip(GET + b"X: ", b"y" * 1000, pause=0))
    assert answer.startswith(b"HTTP/1.1 431 ") or answer == b""


def test_a_body_that_moves_on_may_take_long() -> None:
    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        writer.write(POST.replace(b"100", b"5000"))
        for _ in range(10):
            await asyncio.sleep(SOON / 2)
            writer.write(b"x" * 500)
        return await reader.readuntil(b"5000")

    assert spoken(speak).startswith(b"HTTP/1.1 200 ")


def test_the_answer_may_take_long_and_the_connection_is_kept() -> None:
    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        for path in (b"/long", b"/", b"/long"):
            writer.write(POST.replace(b"/", path, 1) + b"x" * 100)
            assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200 ")
            assert await reader.readexactly(3) == b"100"
        return b"kept"

    assert spoken(speak) == b"kept"


def test_an_answer_is_not_followed_by_a_second_one() -> None:
    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        writer.write(POST.replace(b"/", b"/unread", 1) + b"x")
        return await reader.read()

    answer = spoken(speak)
    assert answer.count(b"HTTP/1.1 ") == 1
    assert answer.startswith(b"HTTP/1.1 200 ")


async def test_who_reads_nothing_is_left() -> None:
    with anyio.fail_after(30):
        async with listening() as port:
            reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1)
            writer.write(GET.replace(b"/", b"/large", 1) + b"\r\n")
            await asyncio.sleep(6 * SOON)
            with pytest.raises((ConnectionResetError, asyncio.IncompleteReadError)):
                await reader.readexactly(len(LARGE))
            writer.transport.abort()


ANSWERED = b"HTTP/1.1 200 OK\n0"
REFUSED = b"HTTP/1.1 503 Service Unavailable\nthe server has no room for more connections"


class OpenConnection:
    """A connection that stays open, to send and read on."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def ask(self) -> bytes:
        """The status line and the body of the answer to a request, b"" if the connection just ends."""
        self.writer.write(GET + b"\r\n")
        try:
            head = (await self.reader.readuntil(b"\r\n\r\n")).split(b"\r\n")
            sizes = [int(line.split(b":")[1]) for line in head if line.lower().startswith(b"content-length:")]
            return head[0] + b"\n" + await self.reader.readexactly(sizes[0])
        except (asyncio.IncompleteReadError, ConnectionResetError):
            return b""


def visited(visit: Callable[[Callable[[], Awaitable[OpenConnection]]], Awaitable[None]], most: int) -> None:
    """Run a visit to a server with a bound; it is given a function that opens connections."""

    async def run() -> None:
        clients: list[OpenConnection] = []
        async with listening(most=most) as port:

            async def connect() -> OpenConnection:
                clients.append(OpenConnection(*await asyncio.open_connection("127.0.0.1", port)))
                return clients[-1]

            try:
                await visit(connect)
            finally:
                for client in clients:
                    client.writer.transport.abort()

    asyncio.run(asyncio.wait_for(run(), 30))


def test_connections_beyond_the_bound_are_refused_and_cost_the_others_nothing() -> None:
    async def visit(connect: Callable[[], Awaitable[OpenConnection]]) -> None:
        opened = [await connect(), await connect()]
        assert [await client.ask() for client in opened] == [ANSWERED] * 2
        surplus = await connect()
        assert await surplus.ask() == REFUSED
        assert await surplus.reader.read() == b""
        assert await opened[1].ask() == ANSWERED
        opened[0].writer.transport.abort()
        while await (await connect()).ask() != ANSWERED:
            await asyncio.sleep(SOON / 4)

    visited(visit, most=2)


def test_surplus_connections_that_say_nothing_are_few_and_short() -> None:
    async def visit(connect: Callable[[], Awaitable[OpenConnection]]) -> None:
        silent, ended = await connect(), await connect()
        assert await ended.ask() == b""
        assert await silent.reader.read() == b""

    visited(visit, most=0)


async def test_a_websocket_may_be_silent_for_long() -> None:
    async with listening() as port, connect(f"ws://127.0.0.1:{port}", proxy=None) as socket:
        assert await socket.recv() == "late"


class FewSockets(Hasty):
    """Room for two WebSockets."""

    MOST_SOCKETS: ClassVar[int | None] = 2


async def test_websockets_have_a_bound_of_their_own_and_take_no_others_room() -> None:
    async with listening(most=2, http=FewSockets) as port:
        url = f"ws://127.0.0.1:{port}"
        sockets = [await connect(url, proxy=None) for _ in range(2)]
        with pytest.raises(InvalidStatus) as caught:
            await connect(url, proxy=None)
        assert caught.value.response.status_code == 503
        assert caught.value.response.body == b"the server has no room for more WebSockets"
        clients = [OpenConnection(*await asyncio.open_connection("127.0.0.1", port)) for _ in range(3)]
        assert [await client.ask() for client in clients] == [ANSWERED, ANSWERED, REFUSED]
        assert [await socket.recv() for socket in sockets] == ["late", "late"]
        for client in clients:
            client.writer.transport.abort()
        await asyncio.gather(*(socket.close() for socket in sockets))
        async with connect(url, proxy=None) as again:
            assert await again.recv() == "late"


def test_any_number_of_websockets_may_be_allowed() -> None:
    assert bounded(None).MOST_SOCKETS is None
    assert (bounded(3).MOST_SOCKETS, BoundedConnection.MOST_SOCKETS) == (3, None)
