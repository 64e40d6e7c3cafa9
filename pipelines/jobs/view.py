"""Views of jobs, for all outside the queue."""

from __future__ import annotations

from dataclasses import dataclass, field

from pipelines.contract.failure import Failure
from pipelines.contract.progress import Progress
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
