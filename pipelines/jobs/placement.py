"""The choice of the next waiting job that can start, and of the engine for it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol, TypeVar

from pipelines.jobs.queue import JobQueue, Waiting


class Place(Protocol):
    """An engine as a place for jobs: ``resident`` are its checkpoints, ``batch_group`` that of its jobs."""

    @property
    def number(self) -> int: ...

    @property
    def free(self) -> bool: ...

    @property
    def jobs(self) -> Collection[str]: ...

    @property
    def resident(self) -> Collection[str]: ...

    @property
    def batch_group(self) -> str: ...


P = TypeVar("P", bound=Place)


def take_next(queue: JobQueue, engines: Sequence[P]) -> tuple[Waiting, P] | None:
    """Take the next job that can start now, with the engine for it; None if there is none.

    A job that fits nowhere holds up those behind it, so that none waits for ever; one that is meant for a
    certain engine holds up that engine.
    """
    free = [engine for engine in engines if engine.free]
    for job in queue if free else ():
        places = [engine for engine in free if fits(job, engine)]
        if places:
            queue.start(job.id)
            return job, min(places, key=lambda engine: _cost(job, engine))
        if job.engine is None:
            return None
        free = [engine for engine in free if engine.number != job.engine]
    return None


def fits(job: Waiting, engine: Place) -> bool:
    """True if a free engine may run the job together with those that it runs."""
    if job.engine is not None and job.engine != engine.number:
        return False
    return not engine.jobs or (job.batch_group != "" and job.batch_group == engine.batch_group)


def _cost(job: Waiting, engine: Place) -> int:
    """Rank an engine for a job, 0 first: it has the checkpoint, is empty, shares a batch, must exchange."""
    if engine.jobs:
        return 2
    if job.checkpoint in engine.resident:
        return 0
    return 3 if engine.resident else 1
