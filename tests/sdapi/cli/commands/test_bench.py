"""bench: figures, the request a server gets, and the file that is kept."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pipelines.contract.progress import Progress
from pipelines.contract.requests import GenerationRequest, Seeds
from sdapi.cli.commands.bench import command_of, main, save, summary
from sdapi.cli.commands.machine import cpu_name, describe_machine, describe_versions
from sdapi.cli.commands.measure import StepClock, Timings, body_of, overhead, with_seed

REQUEST = GenerationRequest(
    seeds=Seeds(seed=5, subseed=5), checkpoint="/m/tiny.safetensors", steps=4, batch_size=2
)


@pytest.fixture
def report() -> dict[str, Any]:
    return {
        "command": "python3 launch.py bench",
        "machine": {"cpu": "Some CPU @ 2", "cores": 2, "gpu": "none"},
        "workload": {
            "checkpoint": "a b.safetensors",
            "size": "64x64",
            "steps": 4,
            "sampler": "Euler",
            "batch_size": 1,
        },
        "loop": {"seconds_per_step": 0.1, "seconds_per_picture": 0.5, "pictures_per_minute": 120.0},
        "http": {"seconds_per_picture": 0.51, "pictures_per_minute": 117.6, "overhead_seconds": 0.01},
    }


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


def test_summary_shows_the_overhead(report: dict[str, Any]) -> None:
    text = summary(report)
    assert "0.1000 s/step" in text
    assert "10.0 ms a request (2.0 %)" in text


def test_summary_shows_what_sharing_gains(report: dict[str, Any]) -> None:
    assert "sharing" not in summary(report)
    report["sharing"] = {"jobs": 2, "seconds_in_turn": 3.0, "seconds_together": 2.0, "gain": 1.5}
    assert summary(report).splitlines()[-1].endswith("2.000 s together, 1.50 times as fast")


def test_reports_name_no_folders() -> None:
    words = ["--checkpoint", "/home/me/models/a b.safetensors", "--steps", "4"]
    assert command_of(words) == "python3 launch.py bench --checkpoint 'a b.safetensors' --steps 4"


def test_report_is_kept_under_a_telling_name(report: dict[str, Any], tmp_path: Path) -> None:
    path = save(report, tmp_path)
    assert path.name == "a-b-64x64-4-batch1-some-cpu-2.json"
    assert json.loads(path.read_text(encoding="utf-8")) == report


def test_machine_and_versions_are_described(tmp_path: Path) -> None:
    info = tmp_path / "cpuinfo"
    info.write_text("processor : 0\nmodel name\t: Fast CPU\n", encoding="utf-8")
    assert cpu_name(info) == "Fast CPU"
    assert describe_machine()["cores"]
    assert set(describe_versions()) >= {"python", "torch"}


def test_two_steps_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--steps", "2"])
    assert "--steps" in capsys.readouterr().err


def test_missing_checkpoint_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--data-dir", str(tmp_path)]) == 1
    assert "there is no checkpoint" in capsys.readouterr().err
