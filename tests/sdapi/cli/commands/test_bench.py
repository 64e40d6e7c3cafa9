"""bench: figures, the request a server gets, and the file that is kept."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pipelines.contract.requests import GenerationRequest, Seeds
from sdapi.cli.commands.bench import command_of, main, save, summary

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


def test_two_steps_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--steps", "2"])
    assert "--steps" in capsys.readouterr().err


def test_missing_checkpoint_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--data-dir", str(tmp_path)]) == 1
    assert "there is no checkpoint" in capsys.readouterr().err
