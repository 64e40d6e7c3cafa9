"""Events in the lives of jobs, for their listeners: history, event streams, metrics, webhooks."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from pipelines.jobs.view import JobView

log = logging.getLogger(__name__)


class Happening(StrEnum):
    """The events in the life of a job, which is queued again when its engine dies."""

    QUEUED = "queued"
    STARTED = "started"
    ADVANCED = "progress"
    ENDED = "ended"
    LEFT = "left"
    """The server stops; the job waits for the next one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobEvent:
    """One event; ``job`` is the job as it was just after."""

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
        """Call every listener with this event of this job."""
        event = JobEvent(what=what, job=job)
        for listener in tuple(self._listeners):
            try:
                listener(event)
            except Exception:
                log.exception("a listener failed to take in that job %s was %s", job.id, what)
