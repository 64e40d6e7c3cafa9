"""A server elsewhere that takes its time, for tests of deadlines."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress

HEAD = b"HTTP/1.1 200 OK\r\n"
MANNERS = {
    "says nothing": b"",
    "drips headers": HEAD + b"X: ",
    "drips a body": HEAD + b"\r\n",
    "announces more than it sends": HEAD + b"Content-Length: 100000\r\n\r\n",
}
"""Bytes that a slow peer sends at once, before it goes on byte by byte."""


@asynccontextmanager
async def slow_peer(manner: str) -> AsyncGenerator[str]:
    """The address of a server that never ends its answers."""
    over = asyncio.Event()
    answers: list[asyncio.Task[object]] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        answers.extend(filter(None, [asyncio.current_task()]))
        with suppress(OSError):
            writer.write(MANNERS[manner])
            while not over.is_set() and not writer.is_closing():
                writer.write(b"" if manner == "says nothing" else b"x")
                await writer.drain()
                await asyncio.sleep(0.01)
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        over.set()
        await asyncio.gather(*answers)
