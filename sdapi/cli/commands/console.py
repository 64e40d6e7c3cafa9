"""A progress bar for a terminal."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass, field, replace
from typing import TextIO

from pipelines.contract.progress import Progress

WIDTH = 30


@dataclass(slots=True, eq=False, kw_only=True)
class ProgressBar:
    """Draws a job's progress in one line; where output is not a terminal, only the end is printed."""

    stream: TextIO = field(default_factory=lambda: sys.stderr)
    quiet: bool = False
    started: float = field(default_factory=time.perf_counter)
    shown: str = ""
    last: Progress = field(default_factory=Progress)

    def __call__(self, progress: Progress) -> None:
        """Draw the state of a job."""
        if progress.steps <= 0:
            return
        self.last = progress
        done = min(progress.step, progress.steps)
        bar = ("#" * round(WIDTH * done / progress.steps)).ljust(WIDTH, ".")
        seconds = time.perf_counter() - self.started
        batch = (
            f" batch {min(progress.batch + 1, progress.batch_count)}/{progress.batch_count}"
            if progress.batch_count > 1
            else ""
        )
        self.draw(f"[{bar}] {done}/{progress.steps} steps{batch} {seconds:.1f} s")

    def draw(self, line: str) -> None:
        """Write over the line on a terminal, unless nothing has changed."""
        if not self.quiet and self.stream.isatty() and line != self.shown:
            self.stream.write("\r" + line.ljust(len(self.shown)))
            self.stream.flush()
        self.shown = line

    def end(self) -> None:
        """Show the bar full and leave the line."""
        self(replace(self.last, step=self.last.steps))
        if self.quiet or not self.shown:
            return
        self.stream.write("\n" if self.stream.isatty() else self.shown + "\n")
