"""The order in which jobs start: priority, then turns between clients, then arrival."""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A job that waits. ``sequence`` is its place in the order of arrival, unique."""

    id: str
    sequence: int
    priority: int = 0
    client: str = ""
    checkpoint: str = ""
    batch_group: str = ""
    """Jobs of the same batch_group may share an engine; empty for those that must be alone."""
    engine: int | None = None
    """The only engine that may run it, by its number."""


@dataclass(frozen=True, slots=True, order=True)
class _Place:
    """Sort key of a waiting job: higher priority first, then its client's turn, then arrival."""

    priority: int
    turn: int
    sequence: int


class JobQueue:
    """Waiting jobs in order.

    A client's k-th waiting job has the k-th turn counted from now, so that a client with many jobs waits
    behind one with few, and none waits for ever (start-time fair queueing, Goyal et al. 1996).
    A place never changes, except that others go in front.
    """

    def __init__(self) -> None:
        self._places: dict[str, _Place] = {}
        self._jobs: dict[str, Waiting] = {}
        self._order: list[tuple[_Place, str]] = []
        self._now: dict[int, int] = {}
        self._last: dict[tuple[int, str], int] = {}

    def __len__(self) -> int:
        return len(self._order)

    def __contains__(self, job_id: object) -> bool:
        return job_id in self._jobs

    def __iter__(self) -> Iterator[Waiting]:
        return (self._jobs[job_id] for _, job_id in self._order)

    def push(self, job: Waiting, *, first: bool = False) -> None:
        """Add a job; ``first`` gives one that comes back the turn that runs now."""
        if job.id in self._jobs:
            raise ValueError(f"job {job.id} waits already")
        lane = (job.priority, job.client)
        now = self._now.get(job.priority, 0)
        turn = now if first else max(now, self._last.get(lane, -1) + 1)
        if not first:
            self._last[lane] = turn
        place = _Place(-job.priority, turn, job.sequence)
        self._places[job.id], self._jobs[job.id] = place, job
        insort(self._order, (place, job.id))

    def start(self, job_id: str) -> None:
        """Take out a job whose turn it is."""
        job = self._jobs[job_id]
        self._now[job.priority] = max(self._now.get(job.priority, 0), self._places[job_id].turn)
        self.remove(job_id)

    def pop(self, wanted: Callable[[Waiting], bool] = lambda job: True) -> Waiting | None:
        """Take out the first job that is wanted."""
        job = next((job for job in self if wanted(job)), None)
        if job is not None:
            self.start(job.id)
        return job

    def remove(self, job_id: str) -> bool:
        """Take out a job wherever it is; False if it isn't here."""
        place = self._places.pop(job_id, None)
        if place is None:
            return False
        job = self._jobs.pop(job_id)
        self._order.remove((place, job_id))
        lane = (job.priority, job.client)
        if not any((other.priority, other.client) == lane for other in self._jobs.values()):
            self._last.pop(lane, None)
        return True

    def position(self, job_id: str) -> int | None:
        """Return the number of jobs that go before this one; None if it doesn't wait."""
        place = self._places.get(job_id)
        return None if place is None else self._order.index((place, job_id))
