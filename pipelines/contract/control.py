"""Flags by which a client ends a running job or a part of it; the engine polls them between steps."""

from __future__ import annotations

from enum import StrEnum
from threading import Lock


class Action(StrEnum):
    """A way to end a running job, or its current batch."""

    INTERRUPT = "interrupt"
    SKIP = "skip"
    CANCEL = "cancel"


class JobControl:
    """Flags of one job, set by one thread and polled by another.

    Interrupt keeps what the job has; skip ends only the current batch; cancel throws all away.
    """

    __slots__ = ("_asked", "_lock")

    def __init__(self) -> None:
        self._lock = Lock()
        self._asked: frozenset[Action] = frozenset()

    def ask(self, action: Action) -> None:
        """Set a flag; asking twice changes nothing."""
        with self._lock:
            self._asked |= {action}

    def begin_batch(self) -> None:
        """Forget a skip: it was meant for the batch before."""
        with self._lock:
            self._asked -= {Action.SKIP}

    @property
    def interrupted(self) -> bool:
        return Action.INTERRUPT in self._asked

    @property
    def skipped(self) -> bool:
        return Action.SKIP in self._asked

    @property
    def cancelled(self) -> bool:
        return Action.CANCEL in self._asked

    def stop_requested(self) -> bool:
        """True if the current batch is to end now, for any of the three reasons."""
        return bool(self._asked)

    def end_requested(self) -> bool:
        """True if no further batch is to begin: after interrupt and cancel, not after skip."""
        return self.interrupted or self.cancelled
