"""The steps that a job may take, and those that are refused."""

from __future__ import annotations

import pytest

from pipelines.jobs.states import ACTIVE, FINAL, TRANSITIONS, IllegalTransition, JobState, check_transition


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
