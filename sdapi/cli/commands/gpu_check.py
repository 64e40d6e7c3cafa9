"""`launch.py gpu-check`: take, within a time limit, all measurements that need a GPU."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
import tempfile
import threading
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from queue import Empty, Queue
from typing import Any

from sdapi.cli.commands.machine import describe_machine, describe_versions

ROOT = Path(__file__).resolve().parents[3]
PARTS = (
    "steps",
    "pictures",
    "networks",
    "together",
    "memory",
    "sdxl",
    "http",
    "graphs",
    "compile",
    "float8",
)
"""In the order in which they are measured: what matters most comes first."""
GRACE = 10.0
STOPPED = "the time limit came first"


def make_parser() -> ArgumentParser:
    """Declare the flags of the command."""
    parser = ArgumentParser(
        prog="launch.py gpu-check",
        description="Measure a GPU: speed, memory, and how far halves are from fp32 on the CPU.",
        epilog="Needs about 10 GB of disk for random weights, which it writes and leaves there.",
        allow_abbrev=False,
    )
    parser.add_argument("--minutes", type=float, default=8.0, help="stop after this time with what there is")
    parser.add_argument("--output", type=Path, default=Path("gpu-check.json"), help="where the report goes")
    parser.add_argument("--work", type=Path, default=Path(tempfile.gettempdir()) / "sdapi-gpu-check")
    parser.add_argument("--device", default="cuda:0")
    parser.add_argument("--only", choices=PARTS, nargs="+", default=list(PARTS), help="parts to measure")
    parser.add_argument("--tiny", action="store_true", help="the small weights of the tests, to try it out")
    return parser


def main(arguments: list[str]) -> int:
    """Measure until the end or the time limit; the report is on disk after every figure."""
    options = make_parser().parse_args(arguments)
    report = check(options, ["python3", "launch.py", "gpu-check", *arguments])
    print(f"gpu-check: {summary(report)}; the report is in {options.output}")
    return 0 if any(part["figures"] for part in report["parts"].values()) else 1


def check(options: Namespace, command: Sequence[str]) -> dict[str, Any]:
    """The whole report; see ``docs/how-to/benchmark.md`` for what is in it."""
    report: dict[str, Any] = {
        "command": shlex.join(command),
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": describe_machine(),
        "versions": describe_versions(),
        "finished": False,
        "parts": {part: {"figures": {}, "notes": [STOPPED]} for part in options.only},
    }
    deadline = time.monotonic() + 60 * options.minutes
    left = list(options.only)
    while left and time.monotonic() < deadline:
        for news in worker_news(options, left, deadline):
            take(report, left, news)
            write(report, options.output)
        if left and time.monotonic() < deadline:  # the worker died in this part: go on with the next
            report["parts"][left.pop(0)]["notes"] = ["the process that measured this ended early"]
    report["finished"] = not left
    write(report, options.output)
    return report


def take(report: dict[str, Any], left: list[str], news: dict[str, Any]) -> None:
    """Note a worker's message: its machine, a figure, a failure, or the end of a part."""
    if "machine" in news:
        report["machine"].update(news["machine"])
        return
    part = report["parts"][news["part"]]
    if "figure" in news:
        part["figures"][news["figure"]] = news["value"]
    if "note" in news:
        part["notes"].append(news["note"])
    if "seconds" in news:
        part["seconds"] = news["seconds"]
        part["notes"].remove(STOPPED)
        left.remove(news["part"])


def worker_command(options: Namespace, parts: Sequence[str]) -> list[str]:
    """The command line of the process that measures ``parts``."""
    flags = ["--work", str(options.work), "--device", options.device, *(["--tiny"] if options.tiny else [])]
    return [sys.executable, "-m", "tools.gpu_check.worker", *flags, *parts]


def worker_news(options: Namespace, parts: Sequence[str], deadline: float) -> Iterator[dict[str, Any]]:
    """Messages of a process that measures ``parts``, until it ends or is ended at the deadline."""
    process = subprocess.Popen(worker_command(options, parts), cwd=ROOT, stdout=subprocess.PIPE, text=True)
    lines: Queue[str | None] = Queue()
    reader = threading.Thread(target=_forward, args=(process, lines), daemon=True)
    reader.start()
    try:
        while (line := lines.get(timeout=max(deadline - time.monotonic(), 0.01))) is not None:
            if line.startswith("{"):
                yield json.loads(line)
    except Empty:
        return
    finally:
        end(process)
        reader.join()


def end(process: subprocess.Popen[str]) -> None:
    """End a worker, which ends the server that it may have started; kill it if it doesn't end in time."""
    process.terminate()
    try:
        process.wait(GRACE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _forward(process: subprocess.Popen[str], lines: Queue[str | None]) -> None:
    assert process.stdout is not None
    with process.stdout as said:
        for line in said:
            lines.put(line)
    lines.put(None)


def write(report: dict[str, Any], path: Path) -> None:
    """Put the report on disk, never half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    partial.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    partial.replace(path)


def summary(report: dict[str, Any]) -> str:
    """The number of figures and the complete parts, in a line."""
    count = sum(len(part["figures"]) for part in report["parts"].values())
    done = [name for name, part in report["parts"].items() if "seconds" in part]
    return f"{count} figures on {report['machine']['gpu']}; complete: {', '.join(done) or 'nothing'}"
