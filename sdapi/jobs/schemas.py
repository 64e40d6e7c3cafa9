"""Jobs as clients see them."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel


class JobItem(BaseModel):
    """A job: where it is, how far it is, and why it failed. Times are seconds since 1970, 0 for never."""

    id: str
    state: str
    kind: str
    progress: float
    eta: float | None = None
    position: int | None = None
    created: float
    started: float
    ended: float
    error: dict[str, Any] | None = None
    attempts: int = 0
    device: str = ""
    seconds: dict[str, float] = {}
    """How long each stage took."""
    result: dict[str, Any] | None = None
    """Only of one job that is done."""


class JobList(BaseModel):
    """Running jobs, waiting jobs in queue order, ended jobs newest first."""

    jobs: list[JobItem]


class JobEnd(BaseModel):
    """Whether the call had an effect on the job."""

    id: str
    changed: bool


class JobTicket(BaseModel):
    """A ticket to what one job shows, and the links with it. ``expires`` is in seconds since 1970."""

    ticket: str
    expires: float
    links: dict[str, str]
