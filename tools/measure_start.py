"""Times a server's start: from the command to an answered listing of checkpoints."""

import argparse
import http.client
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from sdapi.cli.commands.machine import describe_machine, describe_versions

ROOT = Path(__file__).resolve().parents[1]
ROUTE = "/sdapi/v1/sd-models"


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_answered(port: int) -> bool:
    """True if the route answers 200."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", ROUTE)
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def start_seconds(data: Path) -> float:
    """Starts a server by ``launch.py``, waits for its first answer, stops it.

    Raises RuntimeError if it ends by itself.
    """
    port = free_port()
    command = [sys.executable, "launch.py", "serve", "--port", str(port), "--data-dir", str(data)]
    command += ["--models-dir", "models"]
    began = time.perf_counter()
    # warm means that byte code is kept, as it is unless somebody forbids it
    usual = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    quiet = subprocess.DEVNULL
    server = subprocess.Popen(command, cwd=ROOT, env=usual, stdout=quiet, stderr=quiet)
    try:
        while not is_answered(port):
            if server.poll() is not None:
                raise RuntimeError(f"the server ended with status {server.returncode}")
            time.sleep(0.01)
        return time.perf_counter() - began
    finally:
        server.terminate()
        server.wait()


def main() -> None:
    """Command line entry point: one warm-up, then the runs; prints JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=7)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        seconds = [start_seconds(Path(folder)) for _ in range(options.runs + 1)][1:]
    result = {
        "command": "python -m tools.measure_start",
        "measures": f"launch.py serve until GET {ROUTE} is answered, warm",
        "median_s": round(statistics.median(seconds), 2),
        "runs_s": [round(value, 2) for value in seconds],
        "machine": describe_machine(),
        "versions": describe_versions(),
    }
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
