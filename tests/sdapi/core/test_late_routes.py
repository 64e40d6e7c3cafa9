"""Dialects are loaded when the server has answered, or when a request asks for them."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

import extensions
from sdapi.app import create_app
from sdapi.core.config import ApiConfig
from sdapi.core.services import Backend
from tests.sdapi.fakes import FakeCatalog, FakeJobs

DIALECT = """
    from collections.abc import AsyncGenerator
    from contextlib import asynccontextmanager
    from pathlib import Path
    from fastapi import APIRouter, WebSocket
    from sdapi.plugin import State, api_hook

    router = APIRouter(prefix="/late")

    @router.get("/hello")
    async def hello() -> str:
        return "hello"

    @router.websocket("/socket")
    async def socket(socket: WebSocket) -> None:
        await socket.accept()
        await socket.send_text("hello")
        await socket.close()

    @api_hook
    def routers():
        return (router,)

    @api_hook
    @asynccontextmanager
    async def running(state: State) -> AsyncGenerator[None]:
        log = state.config.data / "log"
        log.write_text("started ")
        yield
        log.write_text(log.read_text() + "stopped")
"""


@pytest.fixture
def app(tmp_path: Path) -> Iterator[FastAPI]:
    package = tmp_path / "extensions" / "late_toy"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "dialect.py").write_text(textwrap.dedent(DIALECT))
    flags = {"data_dir": str(tmp_path), "no_fooocus": True, "no_swarmui": True, "no_invokeai": True}
    yield create_app(ApiConfig.from_flags(flags), Backend(jobs=FakeJobs(), catalog=FakeCatalog()))
    extensions.__path__.remove(str(tmp_path / "extensions"))
    for name in [name for name in sys.modules if name.startswith("extensions.late_toy")]:
        del sys.modules[name]


def is_loaded() -> bool:
    return "extensions.late_toy.dialect" in sys.modules


@pytest.fixture
def forever(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is loaded for want of requests."""
    monkeypatch.setattr("sdapi.core.late_routes.PATIENCE", 3600.0)


@pytest.mark.usefixtures("forever")
def test_they_are_not_loaded_for_the_start(app: FastAPI, tmp_path: Path) -> None:
    with TestClient(app):
        assert not is_loaded()
    assert not is_loaded() and not (tmp_path / "log").exists()


@pytest.mark.usefixtures("forever")
def test_the_first_request_for_one_waits_for_it(app: FastAPI, tmp_path: Path) -> None:
    with TestClient(app) as client:
        assert client.get("/late/hello").json() == "hello"
        assert (tmp_path / "log").read_text() == "started "
        assert client.post("/late/hello").headers["Allow"] == "GET"
    assert (tmp_path / "log").read_text() == "started stopped"


@pytest.mark.usefixtures("forever")
def test_so_does_a_websocket(app: FastAPI) -> None:
    with TestClient(app) as client, client.websocket_connect("/late/socket") as socket:
        assert socket.receive_text() == "hello"


@pytest.mark.usefixtures("forever")
def test_any_answer_has_them_loaded(app: FastAPI, tmp_path: Path) -> None:
    with TestClient(app) as client:
        assert client.get("/sdapi/v1/samplers").status_code == 200
        while app.state.late.pending:
            client.get("/sdapi/v1/samplers")
        assert is_loaded()


def test_so_has_a_quiet_time(app: FastAPI, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sdapi.core.late_routes.PATIENCE", 0.0)
    with TestClient(app):
        while not (tmp_path / "log").exists():
            pass
    assert (tmp_path / "log").read_text() == "started stopped"


def test_without_a_lifetime_they_are_loaded_in_place(app: FastAPI) -> None:
    client = TestClient(app)
    assert client.get("/nowhere").status_code == 404
    assert client.get("/late/hello").json() == "hello"


def test_the_document_has_them(app: FastAPI) -> None:
    assert "/late/hello" in app.openapi()["paths"]


def test_one_that_fails_stops_nothing(app: FastAPI, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    file = tmp_path / "extensions" / "late_toy" / "dialect.py"
    file.write_text(file.read_text().replace('log.write_text("started ")', 'raise OSError("no room")'))
    with TestClient(app) as client:
        assert client.get("/late/hello").status_code == 404
        assert client.get("/sdapi/v1/samplers").status_code == 200
    assert "no room" in caplog.text


@pytest.mark.parametrize(
    "answer",
    [
        "return (1,)",
        "raise OSError('no room')",
        "bare = APIRouter(); bare.get('')(hello); return (bare,)",
    ],
)
def test_routes_that_can_t_be_served_are_left_out_and_no_others(
    app: FastAPI, tmp_path: Path, caplog: pytest.LogCaptureFixture, answer: str
) -> None:
    file = tmp_path / "extensions" / "late_toy" / "dialect.py"
    file.write_text(file.read_text().replace("return (router,)", answer))
    with TestClient(app) as client:
        assert client.get("/late/hello").status_code == 404
        assert client.get("/sdapi/v1/scripts").status_code == 200
        assert client.get("/openapi.json").status_code == 200
    assert "routes of late_toy" in caplog.text


def test_one_that_does_not_end_well_ends_nothing_else(
    app: FastAPI, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "extensions" / "late_toy" / "dialect.py"
    file.write_text(
        file.read_text().replace('log.write_text(log.read_text() + "stopped")', "raise OSError('late')")
    )
    with TestClient(app) as client:
        assert client.get("/late/hello").status_code == 200
    assert "late" in caplog.text and "did not end well" in caplog.text


def test_what_is_served_before_a_lifetime_runs_in_it(app: FastAPI, tmp_path: Path) -> None:
    app.openapi()
    for _ in range(2):
        with TestClient(app) as client:
            assert client.get("/late/hello").status_code == 200
            assert (tmp_path / "log").read_text() == "started "
        assert (tmp_path / "log").read_text() == "started stopped"


def test_of_a_dialect_that_is_off_nothing_is_imported(tmp_path: Path) -> None:
    code = """
import subprocess
import sys
from pipelines.jobs.memory_store import MemoryStore
from pipelines.jobs.service import JobService
from sdapi.cli.server import make_app
from sdapi.flags.parse import parse_flags

app = make_app(parse_flags(sys.argv[1:], {}), JobService((), MemoryStore))
app.openapi()
names = ("fooocus", "swarmui", "invokeai")
found = [m for m in sys.modules for n in names if m.startswith(f"extensions.{n}.")]
print(sorted(set(found)))
"""
    words = ["--no-fooocus", "--no-swarmui", "--no-invokeai", "--data-dir", str(tmp_path)]
    said = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stderr
    flags = [f"extensions.{name}.flags" for name in ("fooocus", "invokeai", "swarmui")]
    assert said.stdout.strip() == str(flags)
