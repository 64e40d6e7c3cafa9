"""Jobs and engines as others see them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pipelines.contract.failure import Failure
from pipelines.contract.requests import Progress
from pipelines.jobs.states import JobState


@dataclass(frozen=True, slots=True, kw_only=True)
class JobView:
    """A job at one moment.

    ``timestamp`` is the local start, ``YYYYmmddHHMMSS``; ``active`` means that it runs now.
    ``position`` counts the jobs before it in the queue; None if it doesn't wait. Times are seconds since
    the epoch, 0 for never.
    """

    id: str
    progress: Progress = field(default_factory=Progress)
    active: bool = True
    timestamp: str = "0"
    state: JobState = JobState.RUNNING
    kind: str = ""
    position: int | None = None
    created: float = 0.0
    started: float = 0.0
    ended: float = 0.0
    attempts: int = 0
    failure: Failure | None = None
    device: str = ""
    webhook: str = ""
    client: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineView:
    """An engine at one moment. ``rss`` in bytes; ``memory`` as in A1111's ``cuda`` object.

    ``node`` is its place in a cluster, empty on the server's machine. ``batches`` counts network calls
    of this process by the number of jobs that each answered.
    """

    number: int
    device: str
    ready: bool
    jobs: int
    restarts: int
    node: str = ""
    resident: tuple[str, ...] = ()
    rss: int = 0
    memory: Mapping[str, Any] = field(default_factory=dict[str, Any])
    batches: Mapping[int, int] = field(default_factory=dict[int, int])
