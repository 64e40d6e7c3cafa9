"""The states of a job and the steps between them that are legal."""

from __future__ import annotations

from enum import StrEnum


class JobState(StrEnum):
    """The states of a job; the last three are final."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def final(self) -> bool:
        return not TRANSITIONS[self]


TRANSITIONS: dict[JobState, frozenset[JobState]] = {
    JobState.QUEUED: frozenset({JobState.RUNNING, JobState.FAILED, JobState.CANCELLED}),
    JobState.RUNNING: frozenset({JobState.QUEUED, JobState.DONE, JobState.FAILED, JobState.CANCELLED}),
    JobState.DONE: frozenset(),
    JobState.FAILED: frozenset(),
    JobState.CANCELLED: frozenset(),
}

ACTIVE = frozenset(state for state in JobState if not state.final)
FINAL = frozenset(state for state in JobState if state.final)


class IllegalTransition(RuntimeError):
    """A job was asked to take a step that its state doesn't allow."""


def check_transition(job_id: str, before: JobState, after: JobState) -> None:
    """Raise IllegalTransition unless ``before`` may become ``after``."""
    if after not in TRANSITIONS[before]:
        raise IllegalTransition(f"job {job_id} is {before} and can't become {after}")
