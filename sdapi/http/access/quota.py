"""How much a key may ask for: requests per minute, and how many of them at once."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from pipelines.contract.errors import TooManyJobs

MINUTE = 60.0
QUOTA_KEY = "sdapi.http.quota"
"""Where a request's scope holds the quota of its key."""


@dataclass(slots=True, kw_only=True)
class Quota:
    """What one key may do and did lately. ``running`` counts requests that are being answered."""

    per_minute: int | None = None
    concurrent: int | None = None
    times: deque[float] = field(default_factory=deque[float])
    running: int = 0
    clock: Callable[[], float] = time.monotonic

    def spend(self) -> None:
        """Count something that is asked for. Raises TooManyJobs when there was too much in a minute."""
        now = self.clock()
        while self.times and self.times[0] <= now - MINUTE:
            self.times.popleft()
        if self.per_minute is not None and len(self.times) >= self.per_minute:
            wait = self.times[0] + MINUTE - now
            text = f"the key may ask for {self.per_minute} things per minute"
            raise TooManyJobs(text, retry_after=max(1, round(wait + 0.5)))
        self.times.append(now)

    def enter(self) -> None:
        """Count a request and take its place among those at once. Raises TooManyJobs."""
        if self.concurrent is not None and self.running >= self.concurrent:
            raise TooManyJobs(f"the key has {self.running} requests at once already", retry_after=1)
        self.spend()
        self.running += 1

    def leave(self) -> None:
        """Give the place free."""
        self.running -= 1
