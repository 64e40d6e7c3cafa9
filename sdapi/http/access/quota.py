"""The quota of a key: requests per minute, and requests at once."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from pipelines.contract.errors import TooManyJobs

MINUTE = 60.0
QUOTA_KEY = "sdapi.http.quota"
"""Key of a request's scope under which the quota of its API key is held."""


@dataclass(slots=True, kw_only=True)
class Quota:
    """The bounds of one key and its recent requests; ``running`` counts those that are being answered."""

    per_minute: int | None = None
    concurrent: int | None = None
    times: deque[float] = field(default_factory=deque[float])
    running: int = 0
    clock: Callable[[], float] = time.monotonic

    def spend(self) -> None:
        """Count one request. Raises TooManyJobs when the last minute has ``per_minute`` of them already."""
        now = self.clock()
        while self.times and self.times[0] <= now - MINUTE:
            self.times.popleft()
        if self.per_minute is not None and len(self.times) >= self.per_minute:
            wait = self.times[0] + MINUTE - now
            text = f"the key may ask for {self.per_minute} things per minute"
            raise TooManyJobs(text, retry_after=max(1, round(wait + 0.5)))
        self.times.append(now)

    def enter(self) -> None:
        """Count a request, and one more that is being answered. Raises TooManyJobs beyond either bound."""
        if self.concurrent is not None and self.running >= self.concurrent:
            raise TooManyJobs(f"the key has {self.running} requests at once already", retry_after=1)
        self.spend()
        self.running += 1

    def leave(self) -> None:
        """Count a request as answered."""
        self.running -= 1
