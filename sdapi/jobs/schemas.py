"""Jobs as clients see them."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel

from pipelines.jobs.states import JobState


class JobError(BaseModel):
    """The error that a job failed with: its class, its text, and the request field at fault."""

    kind: str
    message: str
    field: str | None = None


class JobResult(BaseModel):
    """The result of a job. Its fields depend on the kind of job; a dialect may add its own."""

    images: list[str] | None = None
    """Pictures in base64; none with ``form=url``."""
    files: list[str] | None = None
    """Addresses of saved pictures."""
    info: str | None = None
    effective_parameters: dict[str, Any] | None = None
    postprocessing: str | None = None
    """The operations on the last picture of extras, in a line."""
    found: dict[str, Any] | None = None
    caption: str | None = None
    warnings: list[str] = []
    id: str | None = None


class JobItem(BaseModel):
    """A job: where it is, how far it is, and why it failed. Times are seconds since 1970, 0 for never."""

    id: str
    state: JobState
    kind: str
    progress: float
    eta: float | None = None
    position: int | None = None
    created: float
    started: float
    ended: float
    error: JobError | None = None
    attempts: int = 0
    device: str = ""
    seconds: dict[str, float] = {}
    """Seconds that each stage took."""
    figures: dict[str, float] = {}
    """Figures that the work measures: a training run's loss, rate, seconds per step and seconds left."""
    result: JobResult | None = None
    """Only of one job that is done."""


class JobList(BaseModel):
    """Running jobs, waiting jobs in queue order, ended jobs newest first."""

    jobs: list[JobItem]


class JobEnd(BaseModel):
    """A job's id, and ``changed``: true if the call had an effect on it."""

    id: str
    changed: bool


class JobTicket(BaseModel):
    """A ticket to what one job shows, and the links with it. ``expires`` is in seconds since 1970."""

    ticket: str
    expires: float
    links: dict[str, str]


class JobLinks(BaseModel):
    """Addresses of a job, its events and its result."""

    job: str
    events: str
    result: str


class JobAccepted(BaseModel):
    """A job that was queued for a client that doesn't wait."""

    id: str
    state: Literal["queued"]
    links: JobLinks


class JobMessage(BaseModel):
    """One event of a job's stream of server-sent events."""

    event: Literal["state", "progress", "preview", "ended", "left"]
    data: str
    """The event's data as JSON text."""
    id: str | None = None
