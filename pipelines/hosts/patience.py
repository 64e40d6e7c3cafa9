"""How often something may go wrong before a job is given up."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """When to give up. ``lease`` in seconds; the rest are counts."""

    losses: int = 2
    """Engines that may die under a job before it fails."""
    attempts: int = 5
    """Starts of a job, over restarts of the server too, before it fails."""
    start_failures: int = 3
    """Failed starts of an engine in a row before the jobs that wait for it fail."""
    lease: float = 30.0
