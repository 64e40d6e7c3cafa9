"""Words for the types and stages of jobs."""

from __future__ import annotations

import pytest

from extensions.fooocus.job_words import STAGES, is_ours
from pipelines.jobs.states import JobState
from pipelines.jobs.view import JobView


def test_every_state_has_its_stage() -> None:
    assert {state: STAGES[state] for state in JobState} == {
        JobState.QUEUED: "WAITING",
        JobState.RUNNING: "RUNNING",
        JobState.DONE: "SUCCESS",
        JobState.FAILED: "ERROR",
        JobState.CANCELLED: "ERROR",
    }


@pytest.mark.parametrize(
    ("kind", "ours"),
    [("fooocus-text", True), ("fooocus-enhance", True), ("fooocus-mask", False), ("", False)],
)
def test_masks_and_jobs_of_other_apis_are_not_listed(kind: str, ours: bool) -> None:
    assert is_ours(JobView(id="j", kind=kind)) is ours
