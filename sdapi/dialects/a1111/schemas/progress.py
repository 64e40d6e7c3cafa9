"""Progress as clients poll it."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from sdapi.http.lax import Bool, OptInt, OptStr


class ProgressResponse(BaseModel):
    """``progress`` in 0..1, ``eta_relative`` in seconds, a base64 preview or null.

    ``figures`` is there while a job measures itself: a training run's loss and seconds per step.
    """

    progress: float
    eta_relative: float
    state: dict[str, Any]
    current_image: str | None = None
    textinfo: str | None = None
    figures: dict[str, float] | None = None


class InternalProgressRequest(BaseModel):
    """A task, and the preview that the client already has."""

    id_task: OptStr = None
    id_live_preview: OptInt = -1
    live_preview: Bool = True


class InternalProgressResponse(BaseModel):
    """Progress of one task."""

    active: bool
    queued: bool
    completed: bool
    progress: float | None = None
    eta: float | None = None
    live_preview: str | None = None
    id_live_preview: int | None = None
    textinfo: str | None = None
