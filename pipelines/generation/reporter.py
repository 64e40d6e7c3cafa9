"""Reports of a job's progress: batches, steps, and a picture now and then."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from pipelines.contract.progress import Progress
from pipelines.denoising.work import Report
from pipelines.generation.stopwatch import Stopwatch

Listen = Callable[[Progress], None]


@dataclass(slots=True)
class Reporter:
    """The running state of one job; ``listen`` gets it after every change."""

    listen: Listen
    state: Progress = field(default_factory=lambda: Progress(started_at=time.time()))
    stopwatch: Stopwatch = field(default_factory=Stopwatch)

    def _tell(self, **changes: object) -> None:
        self.state = replace(self.state, **changes)  # type: ignore[arg-type]
        self.listen(self.state)

    def stage(self, name: str) -> None:
        """Go on to another stage; its seconds count from now."""
        self.stopwatch.enter(name)
        self.state = replace(self.state, seconds=self.stopwatch.seconds)

    def end(self) -> None:
        """End the last stage, and report the seconds of all."""
        self.stage("")
        self._tell()

    def job(self, name: str, *, batches: int | None = None) -> None:
        """Name the work, and how many batches it has if that is known."""
        self._tell(job=name, batch_count=self.state.batch_count if batches is None else batches)

    def text(self, text: str | None) -> None:
        """Show a line for people; None for none."""
        self._tell(text=text)

    def begin_pass(self, steps: int) -> None:
        """Start a sampling pass of ``steps`` steps."""
        self._tell(step=0, steps=steps)

    def step(self, step: int) -> None:
        """Note that ``step`` steps of the pass are done."""
        if step != self.state.step:
            self._tell(step=step)

    def end_batch(self) -> None:
        """Count a batch, or the first pass of hires fix, as finished."""
        self._tell(batch=self.state.batch + 1)

    def report(self, news: Report) -> None:
        """Take over what work reports of itself; fields that it leaves None stay."""
        names = ("step", "steps", "text", "batch", "figures", "details")
        changes = {name: getattr(news, name) for name in names}
        told: dict[str, object] = {key: value for key, value in changes.items() if value is not None}
        if news.preview is not None:
            told |= {"preview": news.preview, "preview_id": self.state.preview_id + 1}
        if news.batch_done:
            told["batch"] = self.state.batch + 1
        self._tell(**told)

    def preview(self, picture: bytes) -> None:
        """Show an encoded picture of the unfinished work."""
        self._tell(preview=picture, preview_id=self.state.preview_id + 1)
