"""A real server on the small checkpoint, in fp32 on the CPU, for the whole session."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

START_SECONDS = 60
SERVE = {"sdapi": ("serve",)}
"""Words before the flags, by program."""


@pytest.fixture(scope="session")
def server(root: Path, models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A client of a running server."""
    with running(root, models_dir, tmp_path_factory.mktemp("data")) as client:
        yield client


@contextmanager
def running(
    root: Path,
    models: Path,
    data: Path,
    *,
    threads: int = 1,
    flags: Sequence[str] = (),
    module: str = "sdapi",
) -> Generator[httpx.Client, None, None]:
    """Start a server with its settings in ``data``, and end it. ``module`` is the program."""
    (data / "config.json").write_text("{}")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [sys.executable, "-m", module, *SERVE.get(module, ()), "--port", str(port)]
    command += ["--data-dir", str(data), "--models-dir", str(models), "--no-half", "--use-cpu", "all", *flags]
    process = subprocess.Popen(command, cwd=root, env={**os.environ, "OMP_NUM_THREADS": str(threads)})
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=300) as client:
            _wait(client, process)
            yield client
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(client: httpx.Client, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            pytest.fail(f"the server ended with {process.returncode}")
        try:
            client.get("/internal/ping")
            return
        except httpx.TransportError:
            time.sleep(0.1)
    pytest.fail(f"the server did not answer within {START_SECONDS} s")
