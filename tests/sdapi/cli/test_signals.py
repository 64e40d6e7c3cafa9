"""Signals: the first lets jobs finish, the second doesn't wait for them."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Generator
from pathlib import Path

import httpx
import psutil
import pytest

ROOT = Path(__file__).resolve().parents[3]
BODY = {"steps": 1000, "n_iter": 100, "width": 64, "height": 64}
"""Keeps the engine busy for 1000 seconds."""


@pytest.fixture
def busy(tmp_path: Path) -> Generator[subprocess.Popen[str]]:
    """A server whose engine works."""
    words = ["--data-dir", str(tmp_path), "--models-dir", str(ROOT / "tests" / "data" / "models")]
    words += ["--port", "0", "--use-cpu", "all", "--skip-load-model-at-start", "--disable-all-extensions"]
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.sdapi.slow_server", *words], stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    assert process.stdout is not None
    address = process.stdout.readline().split()[-1]
    with httpx.Client(base_url=address, trust_env=False, timeout=60) as client:
        job = client.post("/sdapi/v1/txt2img?async=true", json=BODY).json()["links"]["job"]
        while client.get(job).json()["state"] != "running":
            time.sleep(0.05)
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


@pytest.mark.parametrize("sent", [signal.SIGTERM, pytest.param(signal.SIGINT, marks=pytest.mark.slow)])
def test_the_second_signal_ends_server_and_engine_at_once(
    busy: subprocess.Popen[str], sent: signal.Signals
) -> None:
    (engine,) = psutil.Process(busy.pid).children()
    busy.send_signal(sent)
    with pytest.raises(subprocess.TimeoutExpired):
        busy.wait(1)
    started = time.monotonic()
    busy.send_signal(sent)
    assert busy.wait(10) == 128 + sent
    assert time.monotonic() - started < 5
    psutil.wait_procs([engine], timeout=5)
    assert not engine.is_running() or engine.status() == psutil.STATUS_ZOMBIE
