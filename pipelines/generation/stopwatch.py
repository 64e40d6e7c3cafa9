"""The seconds that a job spends in each of its stages."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping


class Stopwatch:
    """Adds up seconds by stage; a job is in one stage at a time, and in none at first.

    A stage lasts as long as a client waits for it: the steps of jobs that share the device are in it.
    """

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self._clock = clock
        self._stage = ""
        self._since = 0.0
        self._seconds: dict[str, float] = {}

    @property
    def seconds(self) -> Mapping[str, float]:
        """Seconds of the stages that are over, rounded to milliseconds."""
        return {stage: round(seconds, 3) for stage, seconds in self._seconds.items()}

    def enter(self, stage: str) -> None:
        """Leave the stage for another; "" for none."""
        now = self._clock()
        if self._stage:
            self._seconds[self._stage] = self._seconds.get(self._stage, 0.0) + now - self._since
        self._stage, self._since = stage, now
