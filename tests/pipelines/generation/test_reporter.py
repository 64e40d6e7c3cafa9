"""Progress as it is reported, change by change."""

from __future__ import annotations

from pipelines.contract.progress import Progress
from pipelines.denoising.work import Report
from pipelines.generation.reporter import Reporter
from pipelines.generation.stopwatch import Stopwatch


def reporter(heard: list[Progress]) -> Reporter:
    return Reporter(heard.append, Progress(started_at=1.0))


def test_a_job_gets_its_name_and_keeps_its_batches_unless_told() -> None:
    heard: list[Progress] = []
    one = reporter(heard)
    one.job("first", batches=4)
    one.job("second")
    assert [(p.job, p.batch_count) for p in heard] == [("first", 4), ("second", 4)]


def test_a_pass_begins_at_step_zero_and_a_step_is_told_once() -> None:
    heard: list[Progress] = []
    one = reporter(heard)
    one.begin_pass(3)
    for step in (0, 1, 1, 2):
        one.step(step)
    one.begin_pass(5)
    assert [(p.step, p.steps) for p in heard] == [(0, 3), (1, 3), (2, 3), (0, 5)]


def test_batches_count_up() -> None:
    heard: list[Progress] = []
    one = reporter(heard)
    one.end_batch()
    one.end_batch()
    assert [p.batch for p in heard] == [1, 2]


def test_every_preview_has_a_number_of_its_own() -> None:
    heard: list[Progress] = []
    one = reporter(heard)
    one.preview(b"a")
    one.preview(b"a")
    one.text("almost")
    assert [(p.preview, p.preview_id, p.text) for p in heard] == [
        (b"a", 1, None),
        (b"a", 2, None),
        (b"a", 2, "almost"),
    ]


def test_what_a_report_leaves_open_stays() -> None:
    heard: list[Progress] = []
    one = reporter(heard)
    one.report(Report(step=2, steps=9, text="on", figures={"loss": 0.5}, preview=b"x"))
    one.report(Report(batch_done=True))
    one.report(Report(batch=7, step=0))
    assert [(p.step, p.steps, p.text, p.batch, p.preview_id) for p in heard] == [
        (2, 9, "on", 0, 1),
        (2, 9, "on", 1, 1),
        (0, 9, "on", 7, 1),
    ]
    assert heard[-1].figures == {"loss": 0.5}


def test_seconds_of_stages_are_told_at_the_latest_when_the_job_ends() -> None:
    heard: list[Progress] = []
    times = iter([10.0, 11.5, 14.0])
    one = Reporter(heard.append, Progress(started_at=1.0), Stopwatch(lambda: next(times)))
    one.stage("load")
    one.stage("sample")
    assert heard == []
    one.end()
    assert [dict(p.seconds) for p in heard] == [{"load": 1.5, "sample": 2.5}]
