"""Fooocus' jobs outlive their server: the queue goes on, results and history stay, webhooks come."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
from PIL import Image

from tests.receiving import is_signed, receiving
from tests.running import running

KEY = "secret"
FLAGS = ("--webhook-key", KEY, "--webhook-local")
SIZE = {"overwrite_width": 64, "overwrite_height": 64}
GENERATION = "/v1/generation"


def queued(server: httpx.Client, steps: int, **more: Any) -> str:
    body = {"prompt": "a", "advanced_params": {**SIZE, "overwrite_step": steps}, "async_process": True}
    answer = server.post(f"{GENERATION}/text-to-image", json={**body, **more})
    return str(answer.json()["job_id"])


def job(server: httpx.Client, job_id: str) -> dict[str, Any]:
    answer = server.get(f"{GENERATION}/query-job", params={"job_id": job_id})
    assert answer.status_code == 200, answer.text
    return answer.json()


def killed(server: httpx.Client) -> None:
    """End a server without a word: a graceful end would wait for what runs."""
    port = str(server.base_url.port)
    process = next(child for child in psutil.Process().children() if port in child.cmdline())
    process.kill()


def wait_for(found: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 120
    while not found():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.slow
def test_jobs_go_on_after_the_server_was_killed(root: Path, models_dir: Path, tmp_path: Path) -> None:
    with receiving() as hook:
        with running(root, models_dir, tmp_path, threads=1, flags=FLAGS) as server:
            ended = queued(server, 1)
            wait_for(lambda: job(server, ended)["job_stage"] == "SUCCESS")
            before = job(server, ended)
            running_one = queued(server, 200, image_number=32, image_seed=4)
            waiting = queued(server, 1, webhook_url=hook.url, image_seed=7)
            wait_for(lambda: job(server, running_one)["job_stage"] == "RUNNING")
            assert job(server, waiting)["job_stage"] == "WAITING"
            killed(server)
        assert hook.got == []
        with running(root, models_dir, tmp_path, threads=1, flags=FLAGS) as server:
            assert job(server, ended) == before
            picture = server.get(httpx.URL(before["job_result"][0]["url"]).path)
            assert Image.open(io.BytesIO(picture.content)).size == (64, 64)
            wait_for(lambda: job(server, running_one)["job_stage"] == "RUNNING")
            server.post(f"{GENERATION}/stop", json={"job_id": running_one})
            wait_for(lambda: job(server, waiting)["job_stage"] == "SUCCESS")
            (item,) = job(server, waiting)["job_result"]
            assert item["seed"] == "7"
            history = server.get(f"{GENERATION}/job-history").json()["history"]
            assert {ended, running_one, waiting} <= {one["job_id"] for one in history}
            wait_for(lambda: len(hook.got) > 0)
    ((headers, body),) = hook.got
    assert is_signed(headers, body, KEY.encode())
    assert json.loads(body) == {"job_id": waiting, "job_result": [{"url": item["url"], "seed": "7"}]}
