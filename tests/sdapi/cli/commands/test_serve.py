"""serve: the log, stopping in order, and starting anew."""

from __future__ import annotations

import logging
import os
import resource
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path

import httpx
import pytest

from sdapi.cli.commands.serve import allow_many_sockets, configure_log

ROOT = Path(__file__).resolve().parents[4]


@pytest.fixture
def untouched_log() -> Generator[None]:
    """Put the root logger back."""
    root = logging.getLogger()
    level, handlers = root.level, root.handlers[:]
    yield
    root.setLevel(level)
    root.handlers[:] = handlers
    for name in ("uvicorn.error", "httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.NOTSET)


@pytest.mark.usefixtures("untouched_log")
@pytest.mark.parametrize(
    ("level", "own", "uvicorn"),
    [(None, logging.INFO, logging.WARNING), ("debug", logging.DEBUG, logging.DEBUG), ("ERROR", 40, 40)],
)
def test_log_level(level: str | None, own: int, uvicorn: int) -> None:
    configure_log(level)
    assert logging.getLogger().level == own
    assert logging.getLogger("uvicorn.error").level == uvicorn


def test_unknown_level_is_refused() -> None:
    with pytest.raises(SystemExit, match="no level loud"):
        configure_log("loud")


def test_server_restarts_and_stops_over_http(tmp_path: Path) -> None:
    words = ["--data-dir", str(tmp_path), "--use-cpu", "all", "--port", "0", "--api-server-stop"]
    process = subprocess.Popen(
        [sys.executable, "-m", "sdapi", *words, "--db", ":memory:"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert process.stdout is not None
    addresses: list[str] = []
    for route in ("server-restart", "server-stop"):
        addresses.append(process.stdout.readline().split()[-1])
        answer = httpx.post(f"{addresses[-1]}/sdapi/v1/{route}", trust_env=False)
        assert answer.status_code == 200
    output, errors = process.communicate(timeout=60)
    assert process.returncode == 0
    assert output == ""
    assert len(addresses) == 2
    assert "Traceback" not in errors


def test_the_limit_of_files_is_raised_as_far_as_it_may() -> None:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (256, before[1]))
        allow_many_sockets()
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        assert (soft > 256, hard) == (True, before[1])
        allow_many_sockets()
        assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] == soft
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_the_models_of_the_document_are_built_when_it_is_asked_for() -> None:
    code = """
from sdapi.cli.commands.serve import import_fastapi
import_fastapi()
from fastapi import FastAPI
from fastapi.openapi.models import OpenAPI
from pydantic import BaseModel

class Own(BaseModel):
    pass

print(OpenAPI.__pydantic_complete__, Own.__pydantic_complete__, FastAPI().openapi()["openapi"])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split()[:2] == ["False", "True"]
