"""Which job goes where, and which requests may share a device."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from pipelines.contract.options import GenerationOptions
from pipelines.contract.requests import Churn, Hires, Refiner, ScriptCall, Seeds, Style, UnloadRequest
from pipelines.jobs.describe import batch_group_of
from pipelines.jobs.placement import take_next
from pipelines.jobs.queue import JobQueue, Waiting
from tests.pipelines.jobs.helpers import make_request


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
    """A waiting job."""
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


@pytest.mark.parametrize(
    "change",
    [
        {"prompt": "a dog"},
        {"negative_prompt": "bad"},
        {"seeds": Seeds(seed=9, subseed=9)},
        {"steps": 50},
        {"sampler": "Heun"},
        {"cfg_scale": 1.0},
        {"churn": Churn(eta=0.5)},
    ],
)
def test_jobs_that_differ_in_small_things_share_a_device(change: dict[str, Any]) -> None:
    assert batch_group_of(replace(make_request(), **change)) == batch_group_of(make_request()) != ""


@pytest.mark.parametrize(
    "change",
    [
        {"prompt": "a cat <lora:x:1>"},
        {"styles": (Style(name="s", prompt="<lora:x:1>"),)},
        {"width": 768},
        {"checkpoint": "two"},
        {"tiling": True},
        {"options": GenerationOptions(sd_vae="other")},
    ],
)
def test_jobs_that_need_other_weights_or_sizes_do_not(change: dict[str, Any]) -> None:
    assert batch_group_of(replace(make_request(), **change)) != batch_group_of(make_request())


@pytest.mark.parametrize(
    "change", [{"hires": Hires()}, {"refiner": Refiner(checkpoint="r")}, {"script": ScriptCall(name="x")}]
)
def test_jobs_that_change_weights_or_sizes_midway_are_alone(change: dict[str, Any]) -> None:
    assert batch_group_of(replace(make_request(), **change)) == ""


def test_upkeep_is_alone() -> None:
    assert batch_group_of(UnloadRequest()) == ""
