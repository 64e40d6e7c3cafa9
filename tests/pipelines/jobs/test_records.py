"""Transitions of a job's record: what they count, keep and give up."""

from __future__ import annotations

import pytest

from pipelines.contract.failure import Failure
from pipelines.jobs import records
from pipelines.jobs.records import JobRecord
from pipelines.jobs.states import IllegalTransition, JobState

QUEUED = JobRecord(id="a", kind="txt2img", created=1.0)


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


def test_every_start_counts_and_renews_the_times() -> None:
    again = records.release(lost=True)(records.claim("me", 5.0, 30.0)(QUEUED))
    second = records.claim("you", 9.0, 10.0)(again)
    assert (second.attempts, second.losses, second.started) == (2, 1, 9.0)
    assert (second.owner, second.lease_until) == ("you", 19.0)


def test_an_end_gives_up_owner_and_lease() -> None:
    running = records.claim("me", 5.0, 30.0)(QUEUED)
    done = records.finish(8.0)(running)
    assert (done.state, done.ended, done.owner, done.lease_until) == (JobState.DONE, 8.0, "", 0.0)


def test_a_failure_counts_the_engine_that_died() -> None:
    running = records.claim("me", 5.0, 30.0)(QUEUED)
    failure = Failure(kind="EngineLost", message="it died")
    assert records.fail(failure, 7.0, lost=True)(running).losses == 1
    assert records.fail(failure, 7.0)(running).losses == 0
