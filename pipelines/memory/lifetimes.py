"""The time that models stay loaded after the job that used them last (``keep_alive``)."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable
from pathlib import Path

FOREVER = -1.0
"""The default keep_alive; with any below zero, what is loaded stays."""
REST = Path()
"""Stands for everything that is no checkpoint: networks, upscalers, restorers, caches."""


class Lifetimes:
    """Keeps the times at which checkpoints are to leave. ``default``: the server's keep_alive, in seconds."""

    def __init__(self, default: float = FOREVER, clock: Callable[[], float] = time.monotonic) -> None:
        self.default = default
        self._clock = clock
        self._ends: dict[Path, float] = {}

    def begin(self, checkpoints: Iterable[Path], keep_alive: float | None) -> None:
        """Let ``checkpoints`` of a job that has ended stay ``keep_alive`` seconds, None for the default.

        The last job that used a checkpoint decides, and the last of all for everything else that is loaded.
        """
        seconds = self.default if keep_alive is None else keep_alive
        end = math.inf if seconds < 0 else self._clock() + seconds
        for path in (*checkpoints, REST):
            self._ends[path] = end

    def take_due(self) -> tuple[Path, ...]:
        """Return, once each, what has stayed long enough."""
        now = self._clock()
        due = tuple(path for path, end in self._ends.items() if end <= now)
        for path in due:
            del self._ends[path]
        return due

    def seconds(self) -> float | None:
        """Return the seconds until something is due; None for never."""
        first = min(self._ends.values(), default=math.inf)
        return None if math.isinf(first) else max(0.0, first - self._clock())
