"""Items, progress and jobs as clients read them."""

from __future__ import annotations

import base64

import pytest

from extensions.fooocus.kinds import FooocusResult
from extensions.fooocus.routes.answers import (
    data_url,
    full_queue,
    job_object,
    nothing,
    picture_items,
    progress_of,
)
from pipelines.contract.progress import Progress
from pipelines.jobs.states import JobState
from tests.extensions.fooocus.routes.test_jobs import view
from tests.sdapi.fakes import png


@pytest.mark.parametrize(
    ("progress", "percent"),
    [
        (Progress(), 1),
        (Progress(batch_count=2), 1),
        (Progress(batch_count=2, step=1, steps=10), 19),  # 15 + 85 / 20 = 19.25
        (Progress(batch=1, batch_count=2), 57),  # 15 + 85 / 2 = 57.5
        (Progress(batch=2, batch_count=2), 100),
        (Progress(batch=3, batch_count=2), 100),
    ],
)
def test_a_running_job_is_fifteen_percent_before_it_draws(progress: Progress, percent: int) -> None:
    assert progress_of(view(state=JobState.RUNNING, progress=progress)) == percent


@pytest.mark.parametrize(
    ("state", "percent"),
    [(JobState.QUEUED, 0), (JobState.DONE, 100), (JobState.FAILED, 0), (JobState.CANCELLED, 0)],
)
def test_only_a_finished_job_is_at_a_hundred(state: JobState, percent: int) -> None:
    halfway = Progress(batch=1, batch_count=2)
    assert progress_of(view(state=state, progress=halfway)) == percent


@pytest.mark.parametrize(
    ("progress", "status"),
    [
        (Progress(), "Preparing task"),
        (Progress(text="Detecting"), "Detecting"),
        (
            Progress(text="Detecting", step=3, steps=20, batch=1, batch_count=2),
            "Step 3/20 in the 2-th Sampling",
        ),
    ],
)
def test_the_status_of_a_running_job(progress: Progress, status: str) -> None:
    job = job_object(view(state=JobState.RUNNING, progress=progress), None, None)
    assert (job["job_status"], job["job_stage"]) == (status, "RUNNING")


def test_warnings_are_there_only_where_some_are() -> None:
    result = FooocusResult(images=(png(),), files=("/o/files/2026-01-02/a b.png",), seeds=(2**63 - 1,))
    (item,) = picture_items(result)
    assert item == {
        "base64": None,
        "url": "/files/2026-01-02/a%20b.png",
        "seed": str(2**63 - 1),
        "finish_reason": "SUCCESS",
    }
    assert picture_items(result, ["w"])[0]["warnings"] == ["w"]
    assert "warnings" not in job_object(view(state=JobState.DONE), [item], None)
    assert job_object(view(state=JobState.DONE), [item], None, ["w"])["warnings"] == ["w"]


def test_a_data_url_says_its_type_by_the_bytes() -> None:
    head, _, text = data_url(png()).partition(",")
    assert (head, base64.b64decode(text)) == ("data:image/png;base64", png())


def test_pictures_that_were_not_made() -> None:
    assert nothing("USER_CANCEL") == {
        "base64": None,
        "url": None,
        "seed": "",
        "finish_reason": "USER_CANCEL",
    }
    assert nothing("ERROR", "no room")["error"] == "no room"
    job = full_queue()
    assert (job["job_id"], job["job_type"]) == ("", "Text to Image")
    assert (job["job_stage"], job["job_result"]) == ("ERROR", [nothing("QUEUE_IS_FULL")])
