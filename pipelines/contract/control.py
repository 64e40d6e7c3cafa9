"""What may be asked of a running job from outside: flags that the engine polls between denoising steps."""

from __future__ import annotations

from enum import StrEnum
from threading import Lock


class Action(StrEnum):
    """What a client may ask."""

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
        """Whether the current batch is to end now."""
        return bool(self._asked)

    def end_requested(self) -> bool:
        """Whether no further batch is to begin."""
        return self.interrupted or self.cancelled
