"""The interface of job stores; its twins are ``SqliteStore`` and ``MemoryStore``."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from pipelines.jobs.records import JobRecord, Transition
from pipelines.jobs.sender import person_of
from pipelines.jobs.states import JobState


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """Bounds on jobs that have ended. The oldest go first; ``seconds`` counts from a job's end."""

    count: int = 1000
    size: int = 2 * 2**30
    seconds: float = 7 * 24 * 3600.0


class UnknownJob(KeyError):
    """There is no job of this id."""


class DuplicateJob(ValueError):
    """A job of this id has not ended yet, or is another person's."""


def makes_way(old: JobRecord, new: JobRecord) -> bool:
    """True if a job gives up its id to another: it has ended, and both have one owner."""
    return old.state.final and person_of(old.client) == person_of(new.client)


class JobStore(Protocol):
    """Records, requests and results. Every call is atomic and durable when it returns."""

    def add(self, record: JobRecord, request: bytes) -> JobRecord:
        """Insert a job and give it its sequence; one of the same id and person that has ended makes way.

        Raises DuplicateJob when it doesn't.
        """
        ...

    def get(self, job_id: str) -> JobRecord | None: ...

    def request(self, job_id: str) -> bytes:
        """The encoded request. Raises UnknownJob."""
        ...

    def request_size(self, job_id: str) -> int:
        """Bytes of the encoded request. Raises UnknownJob."""
        ...

    def result(self, job_id: str) -> bytes | None:
        """The encoded result; None if there is none. Raises UnknownJob."""
        ...

    def update(self, job_id: str, change: Transition, *, result: bytes | None = None) -> JobRecord:
        """Replace a record by what ``change`` makes of it; a result is kept before the new state shows.

        Raises UnknownJob, and what ``change`` raises (then nothing has changed).
        """
        ...

    def records(self, states: Collection[JobState], limit: int | None = None) -> Sequence[JobRecord]:
        """Records in these states in the order of arrival; with ``limit``, only the latest."""
        ...

    def renew(self, owner: str, until: float) -> None:
        """Extend the lease of everything that ``owner`` runs."""
        ...

    def trim(self, retention: Retention, now: float) -> int:
        """Forget jobs that have ended, beyond what is to be kept, and return how many."""
        ...

    def forget(self, job_id: str) -> bool:
        """Forget a job that has ended; False for one that hasn't, or isn't there."""
        ...

    def close(self) -> None: ...
