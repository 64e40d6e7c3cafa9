"""The rule by which one job gives up its id to another."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipelines.jobs.records import JobRecord
from pipelines.jobs.states import JobState
from pipelines.jobs.store import makes_way

OLD = JobRecord(id="a", kind="txt2img", created=1.0, state=JobState.DONE)


@pytest.mark.parametrize("state", JobState)
def test_a_job_makes_way_once_it_has_ended(state: JobState) -> None:
    ended = state in (JobState.DONE, JobState.FAILED, JobState.CANCELLED)
    assert makes_way(replace(OLD, state=state), OLD) is ended


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [("key:a", "key:a", True), ("key:a", "key:b", False), ("key:a", "::1", False), ("::1", "10.0.0.1", True)],
)
def test_a_job_makes_way_for_its_owner_only(old: str, new: str, expected: bool) -> None:
    assert makes_way(replace(OLD, client=old), replace(OLD, client=new)) is expected
