"""The stored record of a job, and its transitions as functions from one record to the next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeAlias

from pipelines.contract.failure import Failure
from pipelines.jobs.states import JobState, check_transition


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRecord:
    """One job. Times are seconds since the epoch, 0 for never.

    ``sequence`` is its place in the order of arrival, given by the store. ``attempts`` counts how often
    it was started, ``losses`` how often the engine died under it. ``fingerprint`` stands for what the
    client sent; jobs of the same ``batch_group`` may share a device. ``owner`` holds the job until
    ``lease_until`` unless it renews. ``webhook`` is a URL that is called at its end, or empty.
    """

    id: str
    kind: str
    created: float
    state: JobState = JobState.QUEUED
    sequence: int = 0
    priority: int = 0
    client: str = ""
    fingerprint: str = ""
    checkpoint: str = ""
    batch_group: str = ""
    webhook: str = ""
    started: float = 0.0
    ended: float = 0.0
    attempts: int = 0
    losses: int = 0
    owner: str = ""
    lease_until: float = 0.0
    failure: Failure | None = None


Transition: TypeAlias = Callable[[JobRecord], JobRecord]


def _become(record: JobRecord, state: JobState) -> JobRecord:
    check_transition(record.id, record.state, state)
    return replace(record, state=state, owner="", lease_until=0.0)


def claim(owner: str, now: float, lease: float) -> Transition:
    """Start a job: ``owner`` holds it for ``lease`` seconds."""

    def change(record: JobRecord) -> JobRecord:
        running = _become(record, JobState.RUNNING)
        attempts = record.attempts + 1
        return replace(running, owner=owner, lease_until=now + lease, started=now, attempts=attempts)

    return change


def release(*, lost: bool) -> Transition:
    """Put a job back in its old place in the queue; ``lost`` if the engine died under it."""
    return lambda record: replace(_become(record, JobState.QUEUED), losses=record.losses + lost)


def finish(now: float) -> Transition:
    """End a job that made its result."""
    return lambda record: replace(_become(record, JobState.DONE), ended=now)


def fail(failure: Failure, now: float, *, lost: bool = False) -> Transition:
    """End a job with an error; ``lost`` if the engine died under it."""
    return lambda record: replace(
        _become(record, JobState.FAILED), failure=failure, ended=now, losses=record.losses + lost
    )


def cancel(now: float) -> Transition:
    """End a job that a client gave up."""
    return lambda record: replace(_become(record, JobState.CANCELLED), ended=now)
