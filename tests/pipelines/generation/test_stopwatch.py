"""Seconds of stages add up, and the last report of a job has them."""

from __future__ import annotations

from pipelines.contract.progress import Progress
from pipelines.generation.reporter import Reporter
from pipelines.generation.stopwatch import Stopwatch


class Clock:
    """Time that tests move."""

    def __init__(self) -> None:
        self.now = 5.0

    def __call__(self) -> float:
        return self.now


def test_stages_add_up_and_may_come_again() -> None:
    clock = Clock()
    watch = Stopwatch(clock)
    clock.now += 100
    for stage, seconds in (("load", 1.0), ("denoise", 2.0), ("load", 0.5), ("", 50.0), ("decode", 4.0)):
        watch.enter(stage)
        clock.now += seconds
    assert watch.seconds == {"load": 1.5, "denoise": 2.0}
    watch.enter("")
    assert watch.seconds == {"load": 1.5, "denoise": 2.0, "decode": 4.0}


def test_the_last_report_of_a_job_has_all_of_them() -> None:
    seen: list[Progress] = []
    reporter = Reporter(seen.append)
    reporter.stage("load")
    assert seen == []
    reporter.begin_pass(3)
    assert seen[-1].seconds == {}
    reporter.stage("denoise")
    reporter.end()
    assert set(seen[-1].seconds) == {"load", "denoise"}
