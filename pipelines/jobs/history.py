"""The jobs of clients that ended lately, as views, and which job was active last."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence

from pipelines.contract.kinds import is_upkeep
from pipelines.jobs.events import Happening, JobEvent
from pipelines.jobs.view import JobView


class History:
    """At most ``limit`` views, oldest first. ``last`` is the id of the job that ran last, or runs."""

    def __init__(self, limit: int) -> None:
        self.last = ""
        self._limit = limit
        self._views: OrderedDict[str, JobView] = OrderedDict()

    def note(self, event: JobEvent) -> None:
        """Keep a job that ended, and the id of one that started; upkeep doesn't count."""
        if is_upkeep(event.job.kind):
            return
        if event.what is Happening.STARTED:
            self.last = event.job.id
        if event.what is Happening.ENDED:
            self.put(event.job)

    def put(self, view: JobView) -> None:
        """Keep a view, and forget the oldest beyond the limit."""
        self._views.pop(view.id, None)
        self._views[view.id] = view
        if len(self._views) > self._limit:
            self._views.popitem(last=False)

    def get(self, job_id: str) -> JobView | None:
        """Return the view of a job that ended; None if it isn't kept."""
        return self._views.get(job_id)

    def forget(self, job_id: str) -> None:
        """Let a view go."""
        self._views.pop(job_id, None)

    def ids(self) -> Sequence[str]:
        """Return the ids of the views, oldest first."""
        return list(self._views)

    def newest_first(self) -> list[JobView]:
        """Return all views, the last to end first."""
        return list(reversed(self._views.values()))

    def mean_seconds(self, sample: int = 20) -> float:
        """Return the mean running time of the latest ``sample`` jobs; 2 seconds if none of them ran."""
        times = [view.ended - view.started for view in self.newest_first()[:sample] if view.started]
        return sum(times) / len(times) if times else 2.0
