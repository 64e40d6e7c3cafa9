"""Which waiting job goes to which engine."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from pipelines.jobs.queue import JobQueue, Waiting


class Place(Protocol):
    """An engine as a place for jobs; ``resident`` is the checkpoint it holds."""

    @property
    def number(self) -> int: ...

    @property
    def free(self) -> bool: ...

    @property
    def resident(self) -> str: ...


def take_next(queue: JobQueue, engines: Sequence[Place]) -> tuple[Waiting, int] | None:
    """Take the first job that an engine is free for, and the number of the engine that suits it best."""
    free = [engine for engine in engines if engine.free]
    if not free:
        return None
    job = queue.pop(lambda job: job.engine is None or any(engine.number == job.engine for engine in free))
    return None if job is None else (job, best_engine(job, free))


def best_engine(job: Waiting, free: Sequence[Place]) -> int:
    """The engine that is asked for, else one that holds the checkpoint, else an empty one, else the first."""
    if job.engine is not None:
        return job.engine
    preferred = sorted(free, key=lambda engine: (engine.resident != job.checkpoint, engine.resident != ""))
    return preferred[0].number
