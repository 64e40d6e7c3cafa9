"""Ends what can't be stopped: jobs beyond their time, and engines that don't heed a cancel."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable

from pipelines.contract.control import Action
from pipelines.contract.errors import Cancelled, TimedOut
from pipelines.contract.failure import Failure
from pipelines.hosts.bounds import JobBounds
from pipelines.jobs.live import LiveJob

log = logging.getLogger(__name__)

ROUNDS = 4
"""A job that moves on for so many times ``JobBounds.heed`` after a cancel doesn't heed it either."""


class Watchdog:
    """Checks running jobs against their bounds. ``cancel`` asks a job to stop, as a client would."""

    def __init__(self, bounds: JobBounds, cancel: Callable[[LiveJob], None]) -> None:
        self._bounds = bounds
        self._cancel = cancel

    @property
    def pause(self) -> float:
        """Seconds between two looks."""
        shortest = min(self._bounds.heed, self._bounds.deadline or self._bounds.heed)
        return min(1.0, max(0.02, shortest / 4))

    def look(self, jobs: Iterable[LiveJob], now: float) -> None:
        """Cancel jobs beyond their time, and end the engines of those that were cancelled and go on."""
        for job in jobs:
            if job.engine is None or not job.watch.started:
                continue
            if Action.CANCEL not in job.asked:
                self._check_time(job, now)
            elif self._ignores(job, now):
                self._end_engine(job)

    def _check_time(self, job: LiveJob, now: float) -> None:
        deadline = self._bounds.deadline
        if deadline is None or now - job.watch.started < deadline:
            return
        text = f"the job computed for more than {deadline:g} seconds (see --job-timeout)"
        job.verdict = Failure(kind=TimedOut.__name__, message=text)
        log.warning("job %s is ended: %s", job.id, text)
        self._cancel(job)

    def _ignores(self, job: LiveJob, now: float) -> bool:
        told, heed = job.watch.told, self._bounds.heed
        if not told:
            return False
        return now - max(told, job.watch.moved) >= heed or now - told >= ROUNDS * heed

    def _end_engine(self, job: LiveJob) -> None:
        assert job.engine is not None
        text = f"it did not stop within {self._bounds.heed:g} seconds, so that its engine was ended"
        if job.verdict is None:
            job.verdict = Failure(kind=Cancelled.__name__, message=f"the job was cancelled; {text}")
        log.warning("engine %d is ended and starts anew: job %s: %s", job.engine.number, job.id, text)
        job.watch.told = 0.0
        job.engine.end(f"job {job.id} could not be stopped", culprit=job.id)
