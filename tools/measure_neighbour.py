"""Measure the cost of a busy neighbour: `python -m tools.measure_neighbour [--pictures N] [--save FILE]`.

Two processes draw the same pictures with the demo checkpoint, first one alone, then both at once.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from pipelines.hosts.cores import PASSIVE, SET_BY_USER
from sdapi.cli.commands.machine import describe_machine, describe_versions

ROOT = Path(__file__).resolve().parents[1]
DRAW = """
import argparse, sys, time
from pipelines.engine.engine import Engine
from sdapi.cli.commands.drawing import add_drawing_arguments, drawing_request
from sdapi.cli.flag_settings import settings_from_flags
from sdapi.flags.parse import parse_flags
parser = argparse.ArgumentParser()
add_drawing_arguments(parser)
settings = settings_from_flags(parse_flags([]))
request = drawing_request(parser.parse_args(["--seed", "1"]), settings, "a red circle", "png")
engine = Engine(settings)
engine.run(request)
print("ready", flush=True)
for line in sys.stdin:
    begun = time.perf_counter()
    engine.run(request)
    print(time.perf_counter() - begun, flush=True)
"""


class Painter:
    """A process that draws a picture whenever it is asked to."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", DRAW],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env=environment,
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._asks, self._answers = self._process.stdin, self._process.stdout
        self._answers.readline()

    def ask(self) -> None:
        """Ask the process for a picture, without waiting for it."""
        self._asks.write("\n")
        self._asks.flush()

    def seconds(self) -> float:
        """Wait for the picture and return the seconds it took."""
        return float(self._answers.readline())

    def end(self) -> None:
        """Close the process's input and wait for its end."""
        self._asks.close()
        self._process.wait()


def measure(environment: dict[str, str], pictures: int) -> dict[str, float]:
    """Median seconds of a picture alone and with another at the same time, and their ratio."""
    first, second = Painter(environment), Painter(environment)
    alone: list[float] = []
    together: list[float] = []
    for _ in range(pictures):
        first.ask()
        alone.append(first.seconds())
    for _ in range(pictures):
        first.ask()
        second.ask()
        together += [first.seconds(), second.seconds()]
    first.end()
    second.end()
    return {
        "alone": round(median(alone), 4),
        "together": round(median(together), 4),
        "ratio": round(median(together) / median(alone), 2),
    }


def main(arguments: list[str]) -> int:
    """Print the figures, and save them if asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", type=int, default=5)
    parser.add_argument("--spinning", action="store_true", help="measure OpenMP's own waiting as well")
    parser.add_argument("--save", type=Path)
    chosen = parser.parse_args(arguments)
    plain = {name: value for name, value in os.environ.items() if name not in SET_BY_USER}
    waits = {"passive": plain | PASSIVE} | ({"spinning": plain} if chosen.spinning else {})
    figures = {name: measure(environment, chosen.pictures) for name, environment in waits.items()}
    record = {
        "command": "python -m tools.measure_neighbour " + " ".join(arguments),
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": describe_machine(),
        "versions": describe_versions(),
        "seconds_per_picture": figures,
    }
    print(json.dumps(record, indent=2))
    if chosen.save:
        chosen.save.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
