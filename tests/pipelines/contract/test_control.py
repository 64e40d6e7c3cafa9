"""Interrupt, skip and cancel end what they are meant to end, and no more."""

from __future__ import annotations

import pytest

from pipelines.contract.control import Action, JobControl


def asked(*actions: Action) -> JobControl:
    control = JobControl()
    for action in actions:
        control.ask(action)
    return control


def test_nothing_ends_a_job_that_nobody_stopped() -> None:
    control = JobControl()
    assert not (control.stop_requested() or control.end_requested())
    assert not (control.interrupted or control.skipped or control.cancelled)


@pytest.mark.parametrize(
    ("action", "ends"), [(Action.INTERRUPT, True), (Action.SKIP, False), (Action.CANCEL, True)]
)
def test_all_end_a_batch_and_only_some_the_job(action: Action, ends: bool) -> None:
    control = asked(action)
    assert control.stop_requested()
    assert control.end_requested() is ends
    flags = (control.interrupted, control.skipped, control.cancelled)
    assert flags == tuple(action is other for other in (Action.INTERRUPT, Action.SKIP, Action.CANCEL))


def test_a_new_batch_forgets_a_skip_alone() -> None:
    control = asked(Action.SKIP)
    control.begin_batch()
    assert not control.stop_requested()
    control = asked(Action.SKIP, Action.INTERRUPT)
    control.begin_batch()
    assert control.interrupted and not control.skipped


def test_asking_twice_is_asking_once() -> None:
    control = asked(Action.SKIP, Action.SKIP)
    control.begin_batch()
    assert not control.skipped
