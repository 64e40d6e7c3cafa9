"""Bounds on failures and waiting times, beyond which a job or an engine is given up."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class JobBounds:
    """Bounds on one job: ``lease``, ``heed`` and ``deadline`` in seconds; the rest are counts."""

    losses: int = 2
    """Engines that may die under a job before it fails."""
    attempts: int = 5
    """Starts of a job, over restarts of the server too, before it fails."""
    start_failures: int = 3
    """Failed starts of an engine in a row before the jobs that wait for it fail."""
    lease: float = 30.0
    heed: float = 60.0
    """Time without any progress after a cancel, until the engine is ended."""
    deadline: float | None = None
    """Most that a job may compute; None for no end."""
