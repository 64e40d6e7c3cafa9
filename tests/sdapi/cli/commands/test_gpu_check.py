"""gpu-check: a report whatever happens to the process that measures, and parts that measure."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import torch

from sdapi.cli.commands import gpu_check
from sdapi.cli.commands.gpu_check import PARTS, STOPPED, main
from tools.gpu_check.bench import Bench, Scale
from tools.gpu_check.parts import MEASURES

FIGURE = {"part": "steps", "figure": "steps per second", "value": 3.5}
DONE = {"part": "steps", "seconds": 1.0}


def says(*lines: dict[str, Any], then: str = "") -> str:
    printed = "; ".join(f"print({json.dumps(line)!r}, flush=True)" for line in lines)
    return f"import os, sys, time; print('noise', flush=True); {printed}; {then or 'pass'}"


@pytest.fixture
def worker(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Has these programs stand in for the processes that measure, one after the other."""

    def use(*programs: str) -> None:
        left = list(programs)

        def command(options: Namespace, parts: Sequence[str]) -> list[str]:
            return [sys.executable, "-c", left.pop(0)]

        monkeypatch.setattr(gpu_check, "worker_command", command)

    return use


def report(tmp_path: Path, *arguments: str) -> tuple[int, dict[str, Any]]:
    path = tmp_path / "made" / "report.json"
    status = main(["--output", str(path), "--work", str(tmp_path), *arguments])
    found: dict[str, Any] = json.loads(path.read_text())
    assert {"cpu", "gpu"} <= found["machine"].keys() and "torch" in found["versions"]
    assert found["command"].startswith("python3 launch.py gpu-check --output") and found["date"]
    return status, found


def test_a_report_of_everything(tmp_path: Path, worker: Callable[..., None]) -> None:
    worker(says({"machine": {"gpu": "a GPU"}}, FIGURE, DONE))
    status, found = report(tmp_path, "--only", "steps")
    assert (status, found["finished"], found["machine"]["gpu"]) == (0, True, "a GPU")
    assert found["parts"] == {"steps": {"figures": {"steps per second": 3.5}, "notes": [], "seconds": 1.0}}


def test_it_stops_at_the_time_limit_with_what_it_has(tmp_path: Path, worker: Callable[..., None]) -> None:
    worker(says(FIGURE, then="time.sleep(60)"))
    status, found = report(tmp_path, "--only", "steps", "memory", "--minutes", "0.02")
    assert (status, found["finished"]) == (0, False)
    assert found["parts"]["steps"] == {"figures": {"steps per second": 3.5}, "notes": [STOPPED]}
    assert found["parts"]["memory"] == {"figures": {}, "notes": [STOPPED]}


def test_a_worker_that_dies_costs_one_part(tmp_path: Path, worker: Callable[..., None]) -> None:
    memory = {"part": "memory", "figure": "peak GiB", "value": 2.0}
    worker(says(FIGURE, then="os.abort()"), says(memory, {"part": "memory", "seconds": 1.0}))
    status, found = report(tmp_path, "--only", "steps", "memory")
    assert (status, found["finished"]) == (0, True)
    assert found["parts"]["steps"]["notes"] == ["the process that measured this ended early"]
    assert found["parts"]["steps"]["figures"] and found["parts"]["memory"]["figures"] == {"peak GiB": 2.0}


def test_nothing_measured_is_a_failure(tmp_path: Path, worker: Callable[..., None]) -> None:
    worker(says({"part": "steps", "note": "failed: no device"}, DONE))
    status, found = report(tmp_path, "--only", "steps")
    assert status == 1 and found["parts"]["steps"]["notes"] == ["failed: no device"]


def test_every_part_can_be_measured() -> None:
    assert tuple(MEASURES) == PARTS


def test_a_part_tells_figures(tmp_path: Path) -> None:
    told: dict[str, float] = {}
    scale = Scale(sd1_side=64, steps=(1, 2), jobs=(2,))
    say = lambda figure, value: told.update({figure: value})
    bench = Bench(device=torch.device("cpu"), work=tmp_path, scale=scale, tiny=True, say=say)
    MEASURES["together"](bench)
    assert list(told) == ["2 jobs, seconds in turn", "2 jobs, seconds together", "2 jobs, peak GiB"]
    assert told["2 jobs, seconds in turn"] > 0 < told["2 jobs, seconds together"]


@pytest.mark.slow
def test_tiny_sizes_on_the_cpu(tmp_path: Path) -> None:
    parts = [part for part in PARTS if part != "compile"]  # which takes minutes
    status, found = report(tmp_path, "--tiny", "--device", "cpu", "--only", *parts)
    assert (status, found["finished"]) == (0, True)
    notes = {name: part["notes"] for name, part in found["parts"].items() if part["notes"]}
    assert notes in ({}, {"float8": ["torchao is not installed"]})
    differences = {n: v["mean"] for n, v in found["parts"]["pictures"]["figures"].items()}
    assert max(v for n, v in differences.items() if n.startswith("float16")) < 5
