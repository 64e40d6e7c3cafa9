"""Timings are medians, and a server is asked for the same picture."""

from __future__ import annotations

import pytest

from pipelines.contract.progress import Progress
from pipelines.contract.requests import GenerationRequest, Seeds
from sdapi.cli.commands.measure import StepClock, Timings, body_of, overhead, with_seed

REQUEST = GenerationRequest(
    seeds=Seeds(seed=5, subseed=5), checkpoint="/m/tiny.safetensors", steps=4, batch_size=2
)


def test_figures_are_medians() -> None:
    timing = Timings(pictures=(1.0, 9.0, 2.0), steps=(0.1, 0.3, 0.2))
    assert (timing.per_picture, timing.per_step) == (2.0, 0.2)
    assert timing.per_minute(batch_size=4) == 120.0


def test_overhead_is_the_median_of_differences() -> None:
    assert overhead(Timings(pictures=(1.0, 5.0, 2.0)), Timings(pictures=(1.5, 5.25, 9.0))) == 0.5


def test_clock_counts_whole_steps_only(monkeypatch: pytest.MonkeyPatch) -> None:
    times = iter([10.0, 11.0, 11.5, 13.0, 20.0, 21.0])
    monkeypatch.setattr("time.perf_counter", lambda: next(times))
    clock = StepClock()
    for step in (1, 2, 2, 3, 1, 2):
        clock(Progress(step=step, steps=3))
    assert clock.seconds == [1.0, 2.0, 1.0]


def test_server_is_asked_for_the_same_picture() -> None:
    body = body_of(with_seed(REQUEST, 3))
    assert (body["seed"], body["steps"], body["batch_size"]) == (8, 4, 2)
    assert body["override_settings"]["sd_model_checkpoint"] == "tiny"
