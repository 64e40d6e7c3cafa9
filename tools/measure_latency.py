"""Time metadata routes while generation jobs keep the machine busy.

usage: python -m tools.measure_latency [--seconds 20] [--save FILE] [-- flags of the server]
"""

from __future__ import annotations

import argparse
import json
import threading
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles

import httpx

from sdapi.cli.commands.machine import describe_machine, describe_versions
from sdapi.cli.commands.measure import running_server

ROUTES = (
    "/sdapi/v1/progress",
    "/sdapi/v1/options",
    "/sdapi/v1/sd-models",
    "/sdapi/v1/samplers",
    "/sdapi/v1/loras",
    "/sdapi/v1/memory",
    "/internal/pending-tasks",
)
BODY = {"prompt": "a red circle", "steps": 60, "width": 256, "height": 256, "batch_size": 2}


def main() -> None:
    """Print the median and the 99th percentile of every route, in milliseconds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--save", type=Path)
    parser.add_argument("flags", nargs="*")
    options = parser.parse_args()
    with running_server(options.flags) as address, keep_busy(address):
        table = measure(address, options.seconds)
    report = {
        "command": "python -m tools.measure_latency",
        "milliseconds": table,
        "machine": describe_machine(),
        "versions": describe_versions(),
    }
    print(json.dumps(report, indent=2))
    if options.save:
        options.save.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")


@contextmanager
def keep_busy(address: str) -> Generator[None]:
    """Keep two generations waiting or running all the time."""
    stop = threading.Event()

    def generate() -> None:
        with httpx.Client(base_url=address, timeout=None, trust_env=False) as client:
            while not stop.is_set():
                client.post("/sdapi/v1/txt2img", json=BODY)

    workers = [threading.Thread(target=generate, daemon=True) for _ in range(2)]
    for worker in workers:
        worker.start()
    with httpx.Client(base_url=address, timeout=None, trust_env=False) as client:
        while not client.get("/sdapi/v1/progress").json()["state"]["sampling_step"]:
            time.sleep(0.1)
        yield
        stop.set()
        while any(worker.is_alive() for worker in workers):
            client.post("/sdapi/v1/interrupt")
            time.sleep(0.1)


def measure(address: str, seconds: float) -> dict[str, dict[str, float]]:
    """Call the routes in turn, every 10 ms."""
    taken: dict[str, list[float]] = {route: [] for route in ROUTES}
    deadline = time.monotonic() + seconds
    with httpx.Client(base_url=address, timeout=30, trust_env=False) as client:
        while time.monotonic() < deadline:
            for route, times in taken.items():
                start = time.perf_counter()
                client.get(route).raise_for_status()
                times.append(1000 * (time.perf_counter() - start))
                time.sleep(0.01)
    return {route: summary(times) for route, times in taken.items()}


def summary(times: Sequence[float]) -> dict[str, float]:
    """Median and 99th percentile."""
    return {"median": round(median(times), 2), "p99": round(quantiles(times, n=100)[98], 2)}


if __name__ == "__main__":
    main()
