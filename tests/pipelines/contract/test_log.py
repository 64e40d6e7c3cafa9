"""Log lines for people and for machines."""

from __future__ import annotations

import json
import logging
from collections.abc import Generator

import pytest

from pipelines.contract.failure import Failure
from pipelines.contract.log import JsonFormatter, current_job, set_up_log
from pipelines.contract.progress import Progress
from pipelines.jobs.events import Happening, JobEvent
from pipelines.jobs.job_log import log_end
from pipelines.jobs.states import JobState
from pipelines.jobs.view import JobView

ENDED = JobView(
    id="task(x)",
    kind="txt2img",
    state=JobState.DONE,
    created=10.0,
    started=12.0,
    ended=15.5,
    progress=Progress(seconds={"load": 1.0, "denoise": 2.25}),
)


@pytest.fixture
def root_log() -> Generator[logging.Logger]:
    """The root logger, put back afterwards."""
    root = logging.getLogger()
    level, handlers = root.level, root.handlers[:]
    yield root
    root.setLevel(level)
    root.handlers[:] = handlers


def record(message: str, *args: object, **more: object) -> logging.LogRecord:
    """Make a record as a logger would; ``more`` are further attributes of it."""
    made = logging.LogRecord("here", logging.WARNING, __file__, 1, message, args, None)
    made.__dict__.update(more)
    return made


def test_a_line_is_one_json_object() -> None:
    line = JsonFormatter().format(record("näme %s\nand more", 7, created=0.5, msecs=500.0))
    assert "\n" not in line
    assert json.loads(line) == {
        "time": "1970-01-01T00:00:00.500Z",
        "level": "WARNING",
        "logger": "here",
        "message": "näme 7\nand more",
    }


def test_the_job_that_is_worked_on_is_named() -> None:
    token = current_job.set("task(x)")
    try:
        assert json.loads(JsonFormatter().format(record("x")))["job"] == "task(x)"
    finally:
        current_job.reset(token)
    assert "job" not in json.loads(JsonFormatter().format(record("x")))


def test_errors_and_odd_data_are_told() -> None:
    try:
        raise KeyError("surprise")
    except KeyError as error:
        problem = (type(error), error, None)
    line = json.loads(
        JsonFormatter().format(record("x", exc_info=problem, data={"job": "y", "odd": object()}))
    )
    assert line["job"] == "y"
    assert line["odd"].startswith("<object")
    assert "KeyError" in line["exception"]


def test_the_end_of_a_job_is_logged_with_its_stages(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        log_end(JobEvent(what=Happening.STARTED, job=ENDED))
        log_end(JobEvent(what=Happening.ENDED, job=ENDED))
    (line,) = caplog.records
    assert line.getMessage() == "job task(x) (txt2img) is done after 3.5 s: load 1.00 denoise 2.25"
    data = json.loads(JsonFormatter().format(line))
    assert (data["job"], data["waited"], data["ran"]) == ("task(x)", 2.0, 3.5)
    assert data["stages"] == {"load": 1.0, "denoise": 2.25}


def test_failures_are_named_and_jobs_that_never_ran_too(caplog: pytest.LogCaptureFixture) -> None:
    failure = Failure(kind="EngineLost", message="gone")
    job = JobView(id="a", kind="extras", state=JobState.FAILED, created=1.0, ended=4.0, failure=failure)
    with caplog.at_level(logging.INFO):
        log_end(JobEvent(what=Happening.ENDED, job=job))
    data = json.loads(JsonFormatter().format(caplog.records[0]))
    assert (data["error"], data["waited"], data["ran"], data["stages"]) == ("EngineLost", 3.0, 0.0, {})


@pytest.mark.parametrize("as_json", [False, True])
def test_the_form_is_chosen_once(root_log: logging.Logger, as_json: bool) -> None:
    set_up_log(logging.DEBUG, as_json=as_json)
    (handler,) = root_log.handlers
    assert root_log.level == logging.DEBUG
    assert isinstance(handler.formatter, JsonFormatter) is as_json
