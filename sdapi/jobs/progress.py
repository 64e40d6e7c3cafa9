"""The share of a job that is done, and an estimate of the time that is left."""

from __future__ import annotations

import time

from pipelines.contract.progress import Progress
from pipelines.jobs.view import JobView


def fraction(progress: Progress) -> float:
    """The share that is done, from batches and steps; 0 while the number of batches is unknown."""
    if progress.batch_count <= 0:
        return 0.0
    share = progress.batch / progress.batch_count
    if progress.steps > 0:
        share += progress.step / progress.steps / progress.batch_count
    return share


def estimate(view: JobView, now: float | None = None) -> tuple[float, float | None]:
    """The share that is done, at most 1, and the seconds that remain; None before the first step."""
    share = min(fraction(view.progress), 1.0)
    passed = elapsed(view, now)
    return share, passed / share - passed if share > 0 else None


def elapsed(view: JobView, now: float | None = None) -> float:
    """Seconds since the job was started; 0 before."""
    started = view.progress.started_at
    return max((time.time() if now is None else now) - started, 0.0) if started else 0.0
