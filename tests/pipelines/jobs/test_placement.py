"""The choice of an engine: checkpoint, company, and jobs that hold others up."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from pipelines.jobs.placement import take_next
from pipelines.jobs.queue import JobQueue, Waiting


@dataclass(slots=True)
class FakePlace:
    """An engine that is free."""

    number: int
    resident: tuple[str, ...] = ()
    jobs: set[str] = field(default_factory=set[str])
    batch_group: str = ""
    free: bool = True


def queue_of(*jobs: Waiting) -> JobQueue:
    """A queue in this order."""
    queue = JobQueue()
    for sequence, job in enumerate(jobs):
        queue.push(replace(job, sequence=sequence))
    return queue


def job(job_id: str, checkpoint: str = "m", batch_group: str = "", engine: int | None = None) -> Waiting:
    """Return a job that waits; the queue gives it its place."""
    return Waiting(id=job_id, sequence=0, checkpoint=checkpoint, batch_group=batch_group, engine=engine)


def place(queue: JobQueue, *engines: FakePlace) -> tuple[str, int] | None:
    """The id that is taken and the number of its engine."""
    taken = take_next(queue, engines)
    return None if taken is None else (taken[0].id, taken[1].number)


def test_the_engine_that_holds_the_checkpoint_is_preferred() -> None:
    engines = [FakePlace(0), FakePlace(1, ("other",)), FakePlace(2, ("m", "refiner"))]
    assert place(queue_of(job("a")), *engines) == ("a", 2)
    assert place(queue_of(job("a")), *engines[:2]) == ("a", 0)
    assert place(queue_of(job("a")), engines[1]) == ("a", 1)


def test_nothing_is_taken_when_no_engine_is_free() -> None:
    queue = queue_of(job("a"))
    assert place(queue, FakePlace(0, free=False)) is None
    assert len(queue) == 1


def test_a_job_joins_its_company_only() -> None:
    busy = FakePlace(0, ("m",), jobs={"x"}, batch_group="c")
    assert place(queue_of(job("a", batch_group="c")), busy) == ("a", 0)
    assert place(queue_of(job("a", batch_group="d")), busy) is None
    busy.batch_group = ""
    assert place(queue_of(job("a", batch_group="")), busy) is None


def test_company_is_better_than_an_exchange_and_worse_than_an_empty_engine() -> None:
    busy = FakePlace(0, ("m",), jobs={"x"}, batch_group="c")
    assert place(queue_of(job("a", batch_group="c")), busy, FakePlace(1, ("other",))) == ("a", 0)
    assert place(queue_of(job("a", batch_group="c")), busy, FakePlace(1)) == ("a", 1)


def test_nobody_overtakes_a_job_that_fits_nowhere() -> None:
    busy = FakePlace(0, ("m",), jobs={"x"}, batch_group="c")
    assert place(queue_of(job("first", batch_group="d"), job("second", batch_group="c")), busy) is None


def test_a_job_for_another_engine_is_passed_by() -> None:
    queue = queue_of(job("pinned", engine=1), job("a"))
    assert place(queue, FakePlace(0), FakePlace(1, free=False)) == ("a", 0)
    assert place(queue, FakePlace(0)) is None
    assert place(queue, FakePlace(0), FakePlace(1)) == ("pinned", 1)
