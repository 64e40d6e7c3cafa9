"""Exchanges with servers elsewhere: one deadline for everything, and nobody else waits for them."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import anyio
import pytest

from pipelines.jobs.events import Happening, JobEvent
from pipelines.jobs.view import JobView
from sdapi.core.config import WebhookPolicy
from sdapi.http.errors import ApiError
from sdapi.http.exchange import Exchange, converse
from sdapi.http.fetch import FetchPolicy, fetch
from sdapi.jobs.undelivered import Undelivered
from sdapi.jobs.webhooks import WebhookSender
from tests.sdapi.slow_peer import MANNERS, slow_peer

SOON = 0.3


@pytest.mark.parametrize("manner", MANNERS)
async def test_a_link_has_one_deadline(manner: str) -> None:
    policy = FetchPolicy(enabled=True, public_only=False, seconds=SOON)
    with anyio.fail_after(20):
        async with slow_peer(manner) as address:
            with pytest.raises(ApiError, match=r"within 0\.3 seconds") as refused:
                await fetch(f"{address}/a.png", policy, field="image")
            assert (refused.value.status_code, refused.value.field) == (422, "image")


@pytest.mark.parametrize("manner", ["says nothing", "drips headers"])
async def test_a_webhook_has_one_deadline_and_the_end_waits_for_none(manner: str, tmp_path: Path) -> None:
    policy = WebhookPolicy(
        secret="key", public_only=False, seconds=SOON, pauses=(600.0,), file=tmp_path / "webhooks.json"
    )
    with anyio.fail_after(20):
        async with slow_peer(manner) as address:
            sender = WebhookSender(policy)
            sender.listen(JobEvent(what=Happening.ENDED, job=JobView(id="a", webhook=address)))
            while not any(message.tries for message in Undelivered(policy.file).load()):
                await asyncio.sleep(0.01)
            await sender.stop(grace=0.01)
            assert [message.job_id for message in Undelivered(policy.file).load()] == ["a"]


async def test_many_slow_links_take_nobody_elses_threads() -> None:
    with anyio.fail_after(20):
        async with slow_peer("drips headers") as address:
            exchange = Exchange(url=address, public_only=False, seconds=30.0)
            slow = [asyncio.create_task(converse(exchange)) for _ in range(100)]
            await asyncio.sleep(0)
            assert await asyncio.to_thread(lambda: "free") == "free"
            assert not any(task.done() for task in slow)
            for task in slow:
                task.cancel()
            await asyncio.gather(*slow, return_exceptions=True)


async def test_a_slow_name_server_is_part_of_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    answered = threading.Event()
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: answered.wait(30) and [])
    exchange = Exchange(url="http://slow.example/", seconds=SOON / 3)
    with pytest.raises(TimeoutError):
        await converse(exchange)
    assert not answered.is_set()
    answered.set()


@pytest.mark.parametrize("answer", [b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\nX: " + b"y" * 200_000, b""])
async def test_what_is_no_http_is_an_error_of_the_connection(answer: bytes) -> None:
    async def reply(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(answer)
        writer.close()

    with anyio.fail_after(20):
        server = await asyncio.start_server(reply, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        exchange = Exchange(url=f"http://127.0.0.1:{port}/", public_only=False, seconds=10.0, max_bytes=100)
        with pytest.raises(ConnectionError):
            await converse(exchange)
        server.close()


async def test_the_host_is_named_and_its_address_called() -> None:
    heard: list[bytes] = []

    async def reply(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        writer.close()

    with anyio.fail_after(20):
        server = await asyncio.start_server(reply, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        url = f"http://user:word@localhost:{port}/a%20b?c=%2F"
        reply_ = await converse(Exchange(url=url, public_only=False, seconds=10.0, max_bytes=100))
        assert (reply_.status, reply_.body) == (200, b"ok")
        server.close()
    lines = heard[0].decode().lower().splitlines()
    assert lines[0] == "get /a%20b?c=%2f http/1.1"
    assert f"host: localhost:{port}" in lines
    assert not any("user" in line or "python" in line for line in lines)
