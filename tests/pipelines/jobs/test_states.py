"""The steps that a job may take, and those that are refused."""

from __future__ import annotations

import pytest

from pipelines.contract.failure import Failure
from pipelines.jobs import records
from pipelines.jobs.records import JobRecord
from pipelines.jobs.states import ACTIVE, FINAL, TRANSITIONS, IllegalTransition, JobState, check_transition

QUEUED = JobRecord(id="a", kind="txt2img", created=1.0)


def test_an_end_is_final() -> None:
    assert {state for state in JobState if state.final} == FINAL
    assert {JobState.DONE, JobState.FAILED, JobState.CANCELLED} == FINAL
    assert set(JobState) == ACTIVE | FINAL


@pytest.mark.parametrize("before", JobState)
@pytest.mark.parametrize("after", JobState)
def test_only_listed_steps_pass(before: JobState, after: JobState) -> None:
    if after in TRANSITIONS[before]:
        check_transition("a", before, after)
    else:
        with pytest.raises(IllegalTransition, match="job a"):
            check_transition("a", before, after)


def test_a_job_that_was_never_started_has_no_result() -> None:
    with pytest.raises(IllegalTransition):
        records.finish(2.0)(QUEUED)


def test_a_claim_counts_and_holds() -> None:
    running = records.claim("me", 5.0, 30.0)(QUEUED)
    assert (running.state, running.attempts, running.owner) == (JobState.RUNNING, 1, "me")
    assert (running.started, running.lease_until) == (5.0, 35.0)


def test_a_release_gives_up_the_lease_and_counts_a_lost_engine() -> None:
    running = records.claim("me", 5.0, 30.0)(QUEUED)
    back = records.release(lost=True)(running)
    assert (back.state, back.owner, back.lease_until, back.losses) == (JobState.QUEUED, "", 0.0, 1)
    assert records.release(lost=False)(running).losses == 0


def test_a_failure_is_kept_with_the_time() -> None:
    failed = records.fail(Failure(kind="OutOfMemory", message="none left"), 7.0)(QUEUED)
    assert failed.failure is not None
    assert (failed.failure.kind, failed.ended) == ("OutOfMemory", 7.0)


def test_a_job_ends_once() -> None:
    cancelled = records.cancel(3.0)(QUEUED)
    for change in (records.cancel(4.0), records.claim("me", 4.0, 1.0), records.release(lost=False)):
        with pytest.raises(IllegalTransition):
            change(cancelled)
