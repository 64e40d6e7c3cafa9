"""The line in the log for the end of a job."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from pipelines.contract.failure import Failure
from pipelines.contract.progress import Progress
from pipelines.jobs.events import Happening, JobEvent
from pipelines.jobs.job_log import log_end
from pipelines.jobs.states import JobState
from pipelines.jobs.view import JobView


def logged(caplog: pytest.LogCaptureFixture, view: JobView, what: Happening = Happening.ENDED) -> list[Any]:
    """Return the records of one event."""
    caplog.clear()
    with caplog.at_level(logging.INFO, "sdapi.jobs"):
        log_end(JobEvent(what=what, job=view))
    return list(caplog.records)


def test_a_job_that_ran_is_one_line_with_its_stages(caplog: pytest.LogCaptureFixture) -> None:
    progress = Progress(seconds={"load": 0.5, "sample": 2.25})
    view = JobView(
        id="a", kind="txt2img", state=JobState.DONE, progress=progress, created=10.0, started=11.0, ended=14.5
    )
    (line,) = logged(caplog, view)
    assert line.getMessage() == "job a (txt2img) is done after 3.5 s: load 0.50 sample 2.25"
    assert line.data == {
        "job": "a",
        "kind": "txt2img",
        "state": "done",
        "waited": 1.0,
        "ran": 3.5,
        "stages": {"load": 0.5, "sample": 2.25},
    }


def test_a_job_that_never_started_waited_to_its_end(caplog: pytest.LogCaptureFixture) -> None:
    view = JobView(id="a", kind="extras", state=JobState.CANCELLED, created=10.0, ended=12.0)
    (line,) = logged(caplog, view)
    assert line.getMessage() == "job a (extras) is cancelled after 0.0 s"
    assert (line.data["waited"], line.data["ran"]) == (2.0, 0.0)


def test_an_error_is_named_by_its_kind(caplog: pytest.LogCaptureFixture) -> None:
    failure = Failure(kind="OutOfMemory", message="none is left")
    (line,) = logged(caplog, JobView(id="a", state=JobState.FAILED, failure=failure))
    assert line.data["error"] == "OutOfMemory"


def test_a_clock_set_back_gives_no_time_below_zero(caplog: pytest.LogCaptureFixture) -> None:
    view = JobView(id="a", state=JobState.DONE, created=10.0, started=9.0, ended=8.0)
    (line,) = logged(caplog, view)
    assert (line.data["waited"], line.data["ran"]) == (0.0, 0.0)


def test_only_ends_are_logged(caplog: pytest.LogCaptureFixture) -> None:
    for what in set(Happening) - {Happening.ENDED}:
        assert logged(caplog, JobView(id="a"), what) == []
