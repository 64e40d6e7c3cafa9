"""Views of jobs that ended: how many are kept, in which order, and their mean time."""

from __future__ import annotations

from pipelines.jobs.events import Happening, JobEvent
from pipelines.jobs.history import History
from pipelines.jobs.states import JobState
from pipelines.jobs.view import JobView


def ended(job_id: str, *, kind: str = "txt2img", started: float = 0.0, seconds: float = 0.0) -> JobView:
    """Return a job that ended."""
    return JobView(
        id=job_id, kind=kind, state=JobState.DONE, active=False, started=started, ended=started + seconds
    )


def history_of(*views: JobView, limit: int = 10) -> History:
    history = History(limit)
    for view in views:
        history.put(view)
    return history


def test_beyond_the_limit_the_oldest_is_forgotten() -> None:
    history = history_of(ended("a"), ended("b"), ended("c"), limit=2)
    assert list(history.ids()) == ["b", "c"]
    assert history.get("a") is None
    assert [view.id for view in history.newest_first()] == ["c", "b"]


def test_a_job_that_ends_again_is_the_newest() -> None:
    history = history_of(ended("a"), ended("b"), ended("a", started=5.0))
    assert list(history.ids()) == ["b", "a"]
    again = history.get("a")
    assert again is not None and again.started == 5.0


def test_forgetting_is_no_error_for_a_stranger() -> None:
    history = history_of(ended("a"))
    history.forget("b")
    history.forget("a")
    assert list(history.ids()) == []


def test_events_of_clients_are_noted() -> None:
    history = History(10)
    view = ended("a")
    history.note(JobEvent(what=Happening.QUEUED, job=view))
    assert (history.last, list(history.ids())) == ("", [])
    history.note(JobEvent(what=Happening.STARTED, job=view))
    assert (history.last, list(history.ids())) == ("a", [])
    history.note(JobEvent(what=Happening.ENDED, job=view))
    assert list(history.ids()) == ["a"]


def test_upkeep_leaves_no_trace() -> None:
    history = History(10)
    for what in (Happening.STARTED, Happening.ENDED):
        history.note(JobEvent(what=what, job=ended("load", kind="load")))
    assert (history.last, list(history.ids())) == ("", [])


def test_the_mean_time_is_two_seconds_at_first() -> None:
    assert History(10).mean_seconds() == 2.0
    assert history_of(ended("cancelled")).mean_seconds() == 2.0


def test_the_mean_time_is_that_of_the_latest_that_ran() -> None:
    history = history_of(
        ended("old", started=1.0, seconds=100.0),
        ended("a", started=1.0, seconds=4.0),
        ended("never"),
        ended("b", started=1.0, seconds=8.0),
    )
    assert history.mean_seconds(sample=3) == 6.0
