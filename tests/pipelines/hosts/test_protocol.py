"""Frames on a pipe: whole messages in order, and nothing of one that is cut."""

from __future__ import annotations

import asyncio
import io
from pathlib import Path

import pytest

from pipelines.contract.codec import CodecError
from pipelines.hosts.protocol import (
    Control,
    Failed,
    Failure,
    Heartbeat,
    RunJob,
    Shutdown,
    Start,
    frame,
    read_message,
    receive_message,
)
from tests.pipelines.jobs.helpers import make_settings

MESSAGES = (
    Start(engine="a:B", settings=make_settings()),
    RunJob(job_id="a", request=b"\0\xff"),
    Control(job_id="a", action="cancel"),
    Failed(job_id="ünïcode", failure=Failure(kind="TimedOut", message="late", field="steps")),
    Heartbeat(rss=2**40, device={"error": "none"}, batches={2: 7}, resident=("one",)),
    Shutdown(),
)


def stream_of(data: bytes) -> asyncio.StreamReader:
    """A stream that holds these bytes and then ends."""
    stream = asyncio.StreamReader()
    stream.feed_data(data)
    stream.feed_eof()
    return stream


def test_a_frame_begins_with_its_length() -> None:
    data = frame(Shutdown())
    assert int.from_bytes(data[:8], "big") == len(data) - 8


async def test_messages_come_out_as_they_went_in() -> None:
    data = b"".join(map(frame, MESSAGES))
    pipe, stream = io.BytesIO(data), stream_of(data)
    assert tuple(read_message(pipe) for _ in MESSAGES) == MESSAGES
    assert tuple([await receive_message(stream) for _ in MESSAGES]) == MESSAGES
    assert read_message(pipe) is None
    assert await receive_message(stream) is None


@pytest.mark.parametrize("kept", [0, 3, 8, 9])
async def test_a_cut_frame_is_the_end(kept: int) -> None:
    data = frame(RunJob(job_id="a", request=b"request"))[:kept]
    assert read_message(io.BytesIO(data)) is None
    assert await receive_message(stream_of(data)) is None


async def test_an_unreadable_body_is_an_error() -> None:
    data = (7).to_bytes(8, "big") + b"garbage"
    with pytest.raises(CodecError):
        read_message(io.BytesIO(data))
    with pytest.raises(CodecError):
        await receive_message(stream_of(data))


def test_paths_of_settings_cross_the_pipe() -> None:
    start = read_message(io.BytesIO(frame(MESSAGES[0])))
    assert isinstance(start, Start)
    assert start.settings.folders.models == Path("nowhere")
