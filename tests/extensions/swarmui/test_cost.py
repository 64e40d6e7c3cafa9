"""Sockets cost little: idle ones in memory and in the time of others, steps for slow readers in memory."""

from __future__ import annotations

import asyncio
import json
import resource
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from tests.running import running

SOCKETS = 2000
ASKED = 300

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def server(root: Path, models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 8192), hard))
    data = tmp_path_factory.mktemp("data")
    with running(root, models_dir, data, threads=1, module="tests.sdapi.instant_server") as client:
        yield client


def server_process(server: httpx.Client) -> psutil.Process:
    port = str(server.base_url.port)
    return next(p for p in psutil.Process().children() if port in p.cmdline())


def slowest(server: httpx.Client) -> float:
    """The 99th percentile of a metadata route, in seconds."""
    times: list[float] = []
    for _ in range(ASKED):
        started = time.perf_counter()
        assert server.get("/sdapi/v1/samplers").status_code == 200
        times.append(time.perf_counter() - started)
    return sorted(times)[int(ASKED * 0.99)]


async def test_idle_sockets_cost_little(server: httpx.Client) -> None:
    process = server_process(server)
    url = f"ws://127.0.0.1:{server.base_url.port}/API/GenerateText2ImageWS"
    await asyncio.to_thread(slowest, server)
    quiet, before = await asyncio.to_thread(slowest, server), process.memory_info().rss
    opened = [await connect(url, compression=None, proxy=None, ping_interval=None) for _ in range(SOCKETS)]
    busy = await asyncio.to_thread(slowest, server)
    grown = process.memory_info().rss - before
    print(f"{grown / 2**20:.1f} MiB for {SOCKETS} sockets; p99 {quiet * 1e3:.1f} -> {busy * 1e3:.1f} ms")
    await asyncio.gather(*(socket.close() for socket in opened), return_exceptions=True)
    assert grown < 100 * 2**20
    assert busy < 3 * quiet + 0.02


async def test_a_slow_reader_never_grows_memory(server: httpx.Client) -> None:
    process = server_process(server)
    session = server.post("/API/GetNewSession", json={}).json()["session_id"]
    url = f"ws://127.0.0.1:{server.base_url.port}/API/GenerateText2ImageWS"
    wish = {"session_id": session, "images": 400, "width": 64, "height": 64, "prompt": "a", "donotsave": True}
    wish["personalnote"] = "x" * 100_000
    before = process.memory_info().rss
    async with connect(url, max_queue=1, compression=None, proxy=None, ping_interval=None) as socket:
        await socket.send(json.dumps(wish))
        await socket.recv()
        await asyncio.sleep(3.0)
        assert process.memory_info().rss - before < 60 * 2**20
        pictures = 0
        try:
            while True:
                pictures += "image" in json.loads(await socket.recv())
        except ConnectionClosed:
            pass
    assert pictures == 400
