"""The flags in a job's progress: an interrupt stays, a skip ends with its batch."""

from __future__ import annotations

from pipelines.contract.control import Action
from pipelines.contract.progress import Progress
from pipelines.jobs.flags import flagged, kept_flags


def test_an_interrupt_shows_through_all_that_follows() -> None:
    asked = flagged(Progress(batch=1), Action.INTERRUPT)
    assert asked.interrupted and not asked.skipped
    assert kept_flags(Progress(batch=2, step=3), asked).interrupted


def test_a_skip_shows_until_the_next_batch() -> None:
    asked = flagged(Progress(batch=1), Action.SKIP)
    assert kept_flags(Progress(batch=1, step=3), asked).skipped
    assert not kept_flags(Progress(batch=2), asked).skipped


def test_news_alone_sets_nothing() -> None:
    news = kept_flags(Progress(step=1), Progress())
    assert not news.interrupted and not news.skipped
