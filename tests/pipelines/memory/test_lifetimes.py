"""Models stay as long as their last job wants, and are due once."""

from __future__ import annotations

from pathlib import Path

from pipelines.memory.lifetimes import REST, Lifetimes

A, B = Path("/a"), Path("/b")


class Clock:
    """Time that tests move."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_everything_stays_by_default() -> None:
    lifetimes = Lifetimes(clock=Clock())
    lifetimes.begin([A], None)
    assert lifetimes.take_due() == ()
    assert lifetimes.seconds() is None


def test_zero_is_due_at_once_and_told_once() -> None:
    lifetimes = Lifetimes(clock=Clock())
    lifetimes.begin([A], 0)
    assert lifetimes.seconds() == 0
    assert lifetimes.take_due() == (A, REST)
    assert lifetimes.take_due() == ()
    assert lifetimes.seconds() is None


def test_the_last_job_decides() -> None:
    clock = Clock()
    lifetimes = Lifetimes(30, clock=clock)
    lifetimes.begin([A], None)
    clock.now += 10
    lifetimes.begin([B], 5)
    assert lifetimes.seconds() == 5
    clock.now += 6
    assert set(lifetimes.take_due()) == {REST, B}
    assert lifetimes.seconds() == 14


def test_a_wish_outlives_the_default() -> None:
    clock = Clock()
    lifetimes = Lifetimes(1, clock=clock)
    lifetimes.begin([A], -1)
    clock.now += 10**9
    assert lifetimes.take_due() == ()
