"""Turn a job's progress into A1111's numbers."""

from __future__ import annotations

import time
from typing import Any

from pipelines.contract.progress import Progress
from pipelines.jobs.view import JobView

IDLE = JobView(id="", active=False)


def fraction(progress: Progress) -> float:
    """The share that is done, from batches and steps; 0 while the number of batches is unknown."""
    if progress.batch_count <= 0:
        return 0.0
    share = progress.batch / progress.batch_count
    if progress.steps > 0:
        share += progress.step / progress.steps / progress.batch_count
    return share


def overall(view: JobView, now: float | None = None) -> tuple[float, float]:
    """``(progress, eta_relative)`` of ``/sdapi/v1/progress``: 0.01 is added, and idle is 0, 0."""
    if not view.active:
        return 0.0, 0.0
    raw = 0.01 + fraction(view.progress)
    elapsed = _elapsed(view, now)
    return min(raw, 1.0), elapsed / raw - elapsed


def of_task(view: JobView, now: float | None = None) -> tuple[float, float | None]:
    """``(progress, eta)`` of ``/internal/progress``; the estimate is None before the first step."""
    share = min(fraction(view.progress), 1.0)
    elapsed = _elapsed(view, now)
    return share, elapsed / share - elapsed if share > 0 else None


def _elapsed(view: JobView, now: float | None) -> float:
    started = view.progress.started_at
    return max((time.time() if now is None else now) - started, 0.0) if started else 0.0


def state_object(view: JobView) -> dict[str, Any]:
    """A1111's state dictionary; idle keeps the last job's counters."""
    progress = view.progress
    return {
        "skipped": progress.skipped,
        "interrupted": progress.interrupted,
        "stopping_generation": False,
        "job": progress.job if view.active else "",
        "job_count": progress.batch_count if view.active else 0,
        "job_timestamp": view.timestamp,
        "job_no": progress.batch,
        "sampling_step": progress.step,
        "sampling_steps": progress.steps,
    }
