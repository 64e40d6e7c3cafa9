"""Reading from an engine's process ends with the task that reads, and with a bound on silence."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from pipelines.hosts.process_link import ProcessLink
from pipelines.hosts.protocol import Heartbeat, frame


async def test_a_cancellation_is_not_forgotten_as_a_message_comes() -> None:
    stream = asyncio.StreamReader()
    process: Any = SimpleNamespace(stdout=stream)
    task = asyncio.create_task(ProcessLink(process).receive(60.0))
    for _ in range(3):  # until it waits
        await asyncio.sleep(0)
    stream.feed_data(frame(Heartbeat(rss=1)))
    task.cancel()
    await asyncio.wait({task}, timeout=5)
    assert task.cancelled()


async def test_silence_is_an_error() -> None:
    process: Any = SimpleNamespace(stdout=asyncio.StreamReader())
    with pytest.raises(TimeoutError):
        await ProcessLink(process).receive(0.01)
