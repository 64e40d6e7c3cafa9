"""The jobs of clients that ended lately, as views, and which job was active last."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence

from pipelines.jobs.describe import is_upkeep
from pipelines.jobs.live import LiveJob
from pipelines.jobs.view import JobView


class History:
    """At most ``limit`` views, oldest first. ``last`` is the id of the job that ran last, or runs."""

    def __init__(self, limit: int) -> None:
        self.last = ""
        self._limit = limit
        self._views: OrderedDict[str, JobView] = OrderedDict()

    def note(self, job: LiveJob) -> None:
        """A job that hasn't ended changed."""
        if job.engine is not None and not is_upkeep(job.record.kind):
            self.last = job.id

    def add(self, job: LiveJob) -> None:
        """A job ended; one that is handed back to the queue has not."""
        if job.record.state.final and not is_upkeep(job.record.kind):
            self.put(job.view())

    def put(self, view: JobView) -> None:
        """Keep a view, and forget the oldest beyond the limit."""
        self._views.pop(view.id, None)
        self._views[view.id] = view
        if len(self._views) > self._limit:
            self._views.popitem(last=False)

    def get(self, job_id: str) -> JobView | None:
        """The view of a job that ended."""
        return self._views.get(job_id)

    def ids(self) -> Sequence[str]:
        """Ids, newest last."""
        return list(self._views)

    def newest_first(self) -> list[JobView]:
        """All views."""
        return list(reversed(self._views.values()))

    def mean_seconds(self, sample: int = 20) -> float:
        """How long the last jobs ran on average; 2 seconds while none has."""
        times = [view.ended - view.started for view in self.newest_first()[:sample] if view.started]
        return sum(times) / len(times) if times else 2.0
