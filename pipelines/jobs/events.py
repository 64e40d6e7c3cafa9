"""What happens to jobs, told to whoever listens: history, event streams, metrics, webhooks."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from pipelines.jobs.view import JobView

log = logging.getLogger(__name__)


class Happening(StrEnum):
    """What may happen to a job. It is queued again when its engine died."""

    QUEUED = "queued"
    STARTED = "started"
    ADVANCED = "progress"
    ENDED = "ended"
    LEFT = "left"
    """The server stops; the job waits for the next one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobEvent:
    """Something happened; ``job`` is how the job was just after."""

    what: Happening
    job: JobView


Listener: TypeAlias = Callable[[JobEvent], None]


class Events:
    """Calls every listener for every event, in the order they subscribed; a listener must not block.

    What goes wrong in a listener is logged: it must not end the job that it only watches.
    """

    def __init__(self) -> None:
        self._listeners: list[Listener] = []

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call ``listener`` from now on, until what is returned is called."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def tell(self, what: Happening, job: JobView) -> None:
        """Tell all."""
        event = JobEvent(what=what, job=job)
        for listener in tuple(self._listeners):
            try:
                listener(event)
            except Exception:
                log.exception("a listener failed to take in that job %s was %s", job.id, what)
