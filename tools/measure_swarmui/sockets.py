"""Measure the memory of idle sockets, and their effect on the time of other requests."""

from __future__ import annotations

import asyncio
import resource
import time
from statistics import quantiles

import httpx
import psutil
from websockets.asyncio.client import connect

ASKED = 500
ROUTE = "/sdapi/v1/samplers"


def allow_sockets(count: int) -> None:
    """Raise the file limit of this process, and of those it starts, to fit ``count`` sockets."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 2 * count + 1024), hard))


async def measure_sockets(address: str, count: int) -> dict[str, float]:
    """MiB of memory for ``count`` sockets, and a metadata route's 99th percentile without and with them."""
    process = _server()
    url = f"{address.replace('http', 'ws', 1)}/API/GenerateText2ImageWS"
    await asyncio.to_thread(slowest, address)
    quiet, before = await asyncio.to_thread(slowest, address), process.memory_info().rss
    opened = [await connect(url, compression=None, proxy=None, ping_interval=None) for _ in range(count)]
    busy = await asyncio.to_thread(slowest, address)
    grown = process.memory_info().rss - before
    await asyncio.gather(*(socket.close() for socket in opened), return_exceptions=True)
    return {
        "sockets": count,
        "mib": round(grown / 2**20, 1),
        "p99_ms_without": round(1000 * quiet, 2),
        "p99_ms_with": round(1000 * busy, 2),
    }


def _server() -> psutil.Process:
    """The server that this process has started."""
    return next(p for p in psutil.Process().children() if "serve" in p.cmdline())


def slowest(address: str) -> float:
    """The 99th percentile of a metadata route, in seconds."""
    times: list[float] = []
    with httpx.Client(base_url=address, trust_env=False) as client:
        for _ in range(ASKED):
            started = time.perf_counter()
            client.get(ROUTE).raise_for_status()
            times.append(time.perf_counter() - started)
    return quantiles(times, n=100)[98]
