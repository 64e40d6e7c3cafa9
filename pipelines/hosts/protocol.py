"""The messages between the server and an engine's host, and their framing on a pipe.

A frame is its length (8 bytes, big endian) and an encoded message.
"""

from __future__ import annotations

import asyncio
import struct
from asyncio import StreamReader
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO, TypeAlias

from pipelines.contract.codec import decode_any, encode, register
from pipelines.contract.failure import Failure
from pipelines.contract.progress import Progress
from pipelines.contract.settings import EngineSettings

_LENGTH = struct.Struct(">Q")


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """First message to an engine's host: the engine to make. ``engine`` is ``module:class``."""

    engine: str
    settings: EngineSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class RunJob:
    """Order to carry out an encoded request."""

    job_id: str
    request: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """An ``Action`` for one job; it is no error if the job has ended meanwhile."""

    job_id: str
    action: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shutdown:
    """Order to close the engine and end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """Sign that the engine takes jobs, up to ``capacity`` at once; ``node`` is its place in a cluster."""

    pid: int
    capacity: int = 1
    node: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StartFailed:
    """Reason for which the engine could not be made; its host ends."""

    failure: Failure


@dataclass(frozen=True, slots=True, kw_only=True)
class Advanced:
    """Progress of a job. The preview's bytes are sent once for each ``preview_id``."""

    job_id: str
    progress: Progress


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """A job's encoded result."""

    job_id: str
    result: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """A job's error; the engine goes on."""

    job_id: str
    failure: Failure


@dataclass(frozen=True, slots=True, kw_only=True)
class Heartbeat:
    """Sign of life of the host. ``rss`` in bytes; ``device`` is the memory of the engine's device.

    ``batches`` counts model calls by the number of jobs that each answered. ``resident`` are the
    checkpoints that are loaded.
    """

    rss: int
    device: Mapping[str, Any] = field(default_factory=dict[str, Any])
    batches: Mapping[int, int] = field(default_factory=dict[int, int])
    resident: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Logged:
    """A line of the log of a host on another node; ``level`` as in `logging`."""

    level: int
    logger: str
    text: str
    node: str


ToEngine: TypeAlias = Start | RunJob | Control | Shutdown
FromEngine: TypeAlias = Ready | StartFailed | Advanced | Finished | Failed | Heartbeat | Logged

register(
    Start,
    RunJob,
    Control,
    Shutdown,
    Ready,
    StartFailed,
    Advanced,
    Finished,
    Failed,
    Heartbeat,
    Logged,
    Failure,
)


def frame(message: ToEngine | FromEngine) -> bytes:
    """Encode a message for the pipe, its length first."""
    body = encode(message)
    return _LENGTH.pack(len(body)) + body


def read_message(pipe: BinaryIO) -> object | None:
    """Wait for the next message; None at the end of the stream, also in the middle of a frame."""
    head = pipe.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (size,) = _LENGTH.unpack(head)
    body = pipe.read(size)
    return decode_any(body) if len(body) == size else None


async def receive_message(stream: StreamReader) -> object | None:
    """Wait for the next message as ``read_message`` does, on the server's event loop."""
    try:
        (size,) = _LENGTH.unpack(await stream.readexactly(_LENGTH.size))
        return decode_any(await stream.readexactly(size))
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
