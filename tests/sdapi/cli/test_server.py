"""From flags to a server, and a real server from start to stop."""

from __future__ import annotations

import base64
import json
import os
import signal
import subprocess
import sys
from argparse import Namespace
from collections.abc import Generator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from pipelines.jobs.memory_store import MemoryStore
from pipelines.jobs.sqlite_store import SqliteStore
from sdapi.cli import server
from sdapi.cli.server import make_jobs, make_uvicorn_config, most_sockets, store_opener, tls_files
from sdapi.cli.server import make_server as make_real_server
from sdapi.flags.parse import parse_flags
from tests.sdapi.conftest import MakeServer

ROOT = Path(__file__).resolve().parents[3]
MODELS = ROOT / "tests" / "data" / "models"


def flags(*words: str) -> Namespace:
    return parse_flags(words, {})


@pytest.mark.parametrize(
    ("words", "host", "port"),
    [
        ([], "127.0.0.1", 7861),
        (["--listen"], "0.0.0.0", 7861),
        (["--listen", "--server-name", "10.0.0.1", "--port", "80"], "10.0.0.1", 80),
        (["--port", "0"], "127.0.0.1", 0),
    ],
)
def test_binds_this_machine_unless_told_otherwise(words: list[str], host: str, port: int) -> None:
    config = make_uvicorn_config(flags(*words, "--timeout-keep-alive", "7"), FastAPI())
    assert (config.host, config.port, config.timeout_keep_alive) == (host, port, 7)


def test_connections_are_bounded_unless_the_flag_is_0() -> None:
    assert make_uvicorn_config(flags(), FastAPI()).limit_concurrency == 800
    assert make_uvicorn_config(flags("--max-connections", "0"), FastAPI()).limit_concurrency is None
    with pytest.raises(SystemExit, match="--max-connections: must be 0 or more, not -1"):
        make_uvicorn_config(flags("--max-connections", "-1"), FastAPI())


@pytest.mark.parametrize(
    ("words", "files", "most"),
    [
        ((), None, 4000),
        ((), 65_536, 4000),
        (("--max-sockets", "0"), 1024, None),
        (("--max-sockets", "7"), 65_536, 7),
        ((), 1024, 256),
        ((), 256, 64),
    ],
)
def test_websockets_are_bounded_by_the_flag_and_by_what_fits(
    words: tuple[str, ...], files: int | None, most: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "most_files", lambda: files)
    assert most_sockets(flags(*words)) == most


def test_tls_needs_both_files(tmp_path: Path) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "cert.pem"
    key.touch()
    assert tls_files(flags()) == (None, None)
    with pytest.raises(SystemExit, match="--tls-certfile: is needed"):
        tls_files(flags("--tls-keyfile", str(key)))
    with pytest.raises(SystemExit, match="--tls-certfile: there is no file"):
        tls_files(flags("--tls-keyfile", str(key), "--tls-certfile", str(certificate)))
    certificate.touch()
    assert tls_files(flags("--tls-keyfile", str(key), "--tls-certfile", str(certificate))) == (
        str(key),
        str(certificate),
    )


def test_job_store_lies_in_the_data_folder_or_in_memory(tmp_path: Path) -> None:
    assert store_opener(flags("--db", ":memory:")) is MemoryStore
    store = store_opener(flags("--data-dir", str(tmp_path)))()
    assert isinstance(store, SqliteStore)
    store.close()
    assert (tmp_path / "jobs.sqlite").is_file()


def test_one_engine_for_each_device_and_a_bounded_queue() -> None:
    jobs = make_jobs(flags("--devices", "cpu,cpu", "--max-queue", "3"))
    assert [engine.spec.settings.device for engine in jobs.runner.engines] == ["cpu", "cpu"]
    assert jobs.policy.room.jobs == 3


def test_building_a_server_starts_nothing(tmp_path: Path) -> None:
    server = make_real_server(flags("--data-dir", str(tmp_path)))
    assert not server.started
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("path", ["/sdapi/v1/samplers", "/sd/sdapi/v1/samplers"])
def test_subpath_may_be_stripped_by_the_proxy_or_not(make_server: MakeServer, path: str) -> None:
    assert make_server(subpath="sd").client.get(path).status_code == 200


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Generator[str]:
    """A server with the tests' models, as `launch.py` runs it; it must end in order when told to."""
    data = tmp_path_factory.mktemp("data")
    words = [
        "--data-dir",
        str(data),
        "--models-dir",
        str(MODELS),
        "--use-cpu",
        "all",
        "--no-half",
        "--port",
        "0",
    ]
    process = subprocess.Popen(
        [sys.executable, "-m", "sdapi", "serve", *words, "--threads", "1", "--skip-load-model-at-start"],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    assert process.stdout is not None
    yield process.stdout.readline().split()[-1]
    process.send_signal(signal.SIGTERM)
    process.wait(timeout=30)
    process.stdout.close()
    assert process.returncode in (0, -signal.SIGTERM)


def test_metadata_is_there_at_once(address: str) -> None:
    with httpx.Client(base_url=address, trust_env=False, timeout=5) as client:
        assert [row["model_name"] for row in client.get("/sdapi/v1/sd-models").json()] == ["tiny-sd1"]
        assert client.get("/sdapi/v1/cmd-flags").json()["use_cpu"] == ["all"]


@pytest.mark.slow
def test_a_picture_comes_over_http(address: str) -> None:
    body = {"prompt": "a red circle", "steps": 2, "width": 64, "height": 64, "seed": 3}
    with httpx.Client(base_url=address, trust_env=False, timeout=120) as client:
        answers = [client.post("/sdapi/v1/txt2img", json=body) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    first, second = (answer.json() for answer in answers)
    assert base64.b64decode(first["images"][0]).startswith(b"\x89PNG")
    assert first["images"] == second["images"]
    assert json.loads(first["info"])["seed"] == 3


@pytest.mark.slow
def test_generate_draws_without_a_server(tmp_path: Path) -> None:
    words = ["generate", "a red circle", "-o", "x/out.png", "--steps", "2", "--width", "64", "--height", "64"]
    places = ["--models-dir", str(MODELS), "--data-dir", str(tmp_path), "--use-cpu", "all", "--no-half"]
    done = subprocess.run(
        [sys.executable, "-m", "sdapi", *words, *places, "--seed", "3", "--threads", "1"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == [str(Path("x") / "out.png")]
    assert "2/2 steps" in done.stderr
    assert (tmp_path / "x" / "out.png").read_bytes().startswith(b"\x89PNG")
