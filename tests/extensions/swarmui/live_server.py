"""The application around fakes behind a real port, so that clients can send what no test client would."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI
from websockets.sync.client import ClientConnection, connect

from sdapi.cli.server import make_uvicorn_config
from sdapi.flags.parse import parse_flags
from tests.extensions.swarmui.conftest import app_around
from tests.extensions.swarmui.stepped_jobs import SteppedJobs

MOST_BYTES = 1 << 18
"""Bytes of one message, at most."""
PATIENCE = 10.0
"""Seconds after which a silent server counts as hanging."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveServer:
    """A running server, and the queue behind it."""

    port: int
    jobs: SteppedJobs

    def client(self) -> httpx.Client:
        """A client of it."""
        return httpx.Client(base_url=f"http://127.0.0.1:{self.port}", timeout=PATIENCE, trust_env=False)

    def socket(self) -> ClientConnection:
        """A socket on which requests can be sent."""
        url = f"ws://127.0.0.1:{self.port}/API/GenerateText2ImageWS"
        return connect(url, max_size=None, proxy=None, compression=None, close_timeout=1)


@contextmanager
def live_server(data: Path) -> Generator[LiveServer]:
    """Run it in a thread until the end."""
    jobs = SteppedJobs()
    app = app_around(jobs, data, max_body_bytes=MOST_BYTES)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(_config(app, data))
        run: dict[str, Any] = {"sockets": [listening]}
        thread = threading.Thread(target=server.run, kwargs=run, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield LiveServer(port=int(listening.getsockname()[1]), jobs=jobs)
        server.should_exit = True
        thread.join(PATIENCE)
    assert not thread.is_alive()


def _config(app: FastAPI, data: Path) -> uvicorn.Config:
    return make_uvicorn_config(parse_flags(["--port", "0", "--data-dir", str(data)], {}), app)
