"""Measure the costs of SwarmUI's API: `python -m tools.measure_swarmui [--sockets N] [--save FILE]`.

A server is started on the small checkpoint of the tests, and measured from a client's side.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from sdapi.cli.commands.machine import describe_machine, describe_versions
from sdapi.cli.commands.measure import running_server
from tools.measure_swarmui.frames import measure_frames, write_clock
from tools.measure_swarmui.history import measure_history
from tools.measure_swarmui.sockets import allow_sockets, measure_sockets

ROOT = Path(__file__).resolve().parents[2]
SOCKETS = 2000
"""As many as a server with its default flags has room for, and to spare."""
MODELS = ROOT / "tests" / "data" / "models"


def main() -> None:
    """Print the figures, and save them if asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sockets", type=int, default=SOCKETS)
    parser.add_argument("--pictures", type=int, default=50_000)
    parser.add_argument("--save", type=Path)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        figures = measure(Path(folder), chosen.sockets, chosen.pictures)
    report = {
        "command": "python -m tools.measure_swarmui",
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        **figures,
        "machine": describe_machine(),
        "versions": describe_versions(),
    }
    print(json.dumps(report, indent=2))
    if chosen.save:
        chosen.save.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")


def measure(data: Path, sockets: int, pictures: int) -> dict[str, object]:
    """All three figures, of one server with an empty data folder."""
    log = write_clock(data)
    allow_sockets(sockets)
    flags = ["--data-dir", str(data), "--models-dir", str(MODELS), "--no-half", "--use-cpu", "all"]
    flags += ["--max-sockets", "0"] if sockets > SOCKETS else []
    with running_server(flags, db=str(data / "jobs.sqlite")) as address:
        folder = data / "outputs" / "swarmui" / "local"
        parts: dict[str, Callable[[], object]] = {
            "history": lambda: measure_history(address, folder, pictures),
            "frames": lambda: asyncio.run(measure_frames(address, log)),
            "sockets": lambda: asyncio.run(measure_sockets(address, sockets)),
        }
        return {name: told(name, measure_part()) for name, measure_part in parts.items()}


def told(name: str, figures: object) -> object:
    """The figures, printed as soon as they are there."""
    print(f"{name}: {figures}", flush=True)
    return figures


if __name__ == "__main__":
    main()
