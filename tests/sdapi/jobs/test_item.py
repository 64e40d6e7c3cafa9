"""A job as JSON, in each state that it can be in."""

from __future__ import annotations

from typing import Any

import pytest

from pipelines.contract.failure import Failure
from pipelines.contract.progress import Progress
from pipelines.jobs.states import JobState
from pipelines.jobs.view import JobView
from sdapi.http.dialect import OUR_NAMES, FieldNames
from sdapi.jobs.item import job_item


def item(names: FieldNames = OUR_NAMES, **changes: Any) -> dict[str, Any]:
    return job_item(JobView(id="x", **changes), names)


def test_a_waiting_job_has_a_position_and_no_progress() -> None:
    found = item(state=JobState.QUEUED, active=False, position=2, kind="txt2img", created=5.0)
    assert found == {
        "id": "x",
        "state": "queued",
        "kind": "txt2img",
        "progress": 0.0,
        "eta": None,
        "position": 2,
        "created": 5.0,
        "started": 0.0,
        "ended": 0.0,
        "error": None,
        "attempts": 0,
        "device": "",
        "seconds": {},
        "figures": {},
    }


def test_a_running_job_tells_its_share_and_what_it_measures() -> None:
    progress = Progress(
        batch=1, batch_count=2, step=5, steps=10, started_at=1.0, seconds={"load": 0.5}, figures={"loss": 0.1}
    )
    found = item(progress=progress)
    assert (found["progress"], found["seconds"], found["figures"]) == (0.75, {"load": 0.5}, {"loss": 0.1})
    assert found["eta"] > 0


@pytest.mark.parametrize("state", [state for state in JobState if state.final])
def test_a_job_that_has_ended_is_whole(state: JobState) -> None:
    found = item(state=state, active=False, progress=Progress(batch_count=2, step=1, steps=10))
    assert (found["state"], found["progress"], found["eta"]) == (str(state), 1.0, None)


def test_what_it_failed_with_is_said_in_the_names_of_a_dialect() -> None:
    failure = Failure(
        kind="InvalidRequest", message="hires.scale must be between 1 and 4, not 9", field="hires.scale"
    )
    found = item(FieldNames({"hires.scale": "hr_scale"}), active=False, failure=failure)
    assert found["error"] == {
        "kind": "InvalidRequest",
        "message": "hr_scale must be between 1 and 4, not 9",
        "field": "hr_scale",
    }


def test_a_failure_without_a_field_names_none() -> None:
    found = item(active=False, failure=Failure(kind="OutOfMemory", message="too large"))
    assert found["error"] == {"kind": "OutOfMemory", "message": "too large", "field": None}
