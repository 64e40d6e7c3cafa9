"""A job's progress in A1111's numbers, and its state dictionary."""

from __future__ import annotations

from typing import Any

from pipelines.jobs.view import JobView
from sdapi.jobs.progress import elapsed, fraction

IDLE = JobView(id="", active=False)


def overall(view: JobView, now: float | None = None) -> tuple[float, float]:
    """``(progress, eta_relative)`` of ``/sdapi/v1/progress``: 0.01 is added, and idle is 0, 0."""
    if not view.active:
        return 0.0, 0.0
    raw = 0.01 + fraction(view.progress)
    passed = elapsed(view, now)
    return min(raw, 1.0), passed / raw - passed


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
