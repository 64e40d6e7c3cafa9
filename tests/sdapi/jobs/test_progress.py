"""The share of a job that is done, and the seconds that remain."""

from __future__ import annotations

from pipelines.contract.progress import Progress
from pipelines.jobs.view import JobView
from sdapi.jobs.progress import elapsed, estimate, fraction

RUNNING = Progress(batch=1, batch_count=2, step=5, steps=10, started_at=100.0)


def test_fraction_counts_batches_and_steps() -> None:
    assert fraction(RUNNING) == 0.75
    assert fraction(Progress(batch_count=-1, step=5, steps=10)) == 0


def test_there_is_no_estimate_before_the_first_step() -> None:
    assert estimate(JobView(id="x", progress=Progress(batch_count=1, started_at=1.0))) == (0.0, None)
    assert estimate(JobView(id="x", progress=RUNNING), now=103.0) == (0.75, 1.0)


def test_time_passes_from_the_start_and_never_backwards() -> None:
    view = JobView(id="x", progress=RUNNING)
    assert (elapsed(view, now=103.5), elapsed(view, now=90.0)) == (3.5, 0.0)
    assert elapsed(JobView(id="x", progress=Progress()), now=90.0) == 0.0
