"""Events reach every listener, whatever another one does."""

from __future__ import annotations

from pipelines.jobs.events import Events, Happening, JobEvent
from pipelines.jobs.states import JobState
from pipelines.jobs.view import JobView


def test_a_failing_listener_harms_nobody() -> None:
    events, heard = Events(), list[JobEvent]()

    def fail(event: JobEvent) -> None:
        raise KeyError("surprise")

    events.subscribe(fail)
    stop = events.subscribe(heard.append)
    view = JobView(id="a", state=JobState.QUEUED)
    events.tell(Happening.QUEUED, view)
    stop()
    events.tell(Happening.ENDED, view)
    assert [event.what for event in heard] == [Happening.QUEUED]
