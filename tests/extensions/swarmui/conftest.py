"""An application with SwarmUI's API around fakes, and clients of it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import CancelledError
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient, WebSocketTestSession

from extensions.swarmui.routes import live
from extensions.swarmui.sessions.server import close_server
from sdapi.app import create_app
from sdapi.core.config import ApiConfig
from sdapi.core.hooks import ApiHooks
from sdapi.core.services import Backend
from tests.extensions.swarmui.stepped_jobs import SteppedJobs
from tests.sdapi.fakes import FakeCatalog


@dataclass(slots=True)
class SwarmClient:
    """A client with a session of its own."""

    http: TestClient
    jobs: SteppedJobs
    data: Path
    headers: dict[str, str] = field(default_factory=dict[str, str])
    session: str = ""

    def new_session(self) -> str:
        """Ask for a session and keep its id."""
        self.session = self.http.post("/API/GetNewSession", json={}, headers=self.headers).json()[
            "session_id"
        ]
        return self.session

    def ask(self, route: str, **fields: Any) -> Any:
        """Return the JSON of an answer, whose status must be 200."""
        answer = self.http.post(
            f"/API/{route}", json={"session_id": self.session, **fields}, headers=self.headers
        )
        assert answer.status_code == 200, answer.text
        return answer.json()

    def draw(self, **fields: Any) -> Any:
        """Ask for small pictures."""
        return self.ask(
            "GenerateText2Image", **{"images": 1, "width": 64, "height": 64, "prompt": "a"} | fields
        )

    def files(self) -> list[str]:
        """Pictures of the history."""
        return [item["src"] for item in self.ask("ListImages", path="", depth=9)["files"]]

    @contextmanager
    def live(self) -> Generator[WebSocketTestSession]:
        """Open a socket; at its end the test client cancels the server's work for it, which raises."""
        route = "/API/GenerateText2ImageWS"
        with suppress(CancelledError), self.http.websocket_connect(route, headers=self.headers) as socket:
            yield socket

    def wish(self, **fields: Any) -> dict[str, Any]:
        """Return a message for the socket."""
        whole = {"images": 1, "width": 64, "height": 64, "prompt": "a", **fields}
        return {"session_id": self.session, **whole}


EXTENSIONS = ("controlnet", "swarmui")
MakeClient = Callable[..., SwarmClient]


@pytest.fixture(autouse=True)
def short_farewell(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sockets that have nothing left to do are closed soon."""
    monkeypatch.setattr(live, "FAREWELL", 0.02)


@contextmanager
def serving(data: Path, *, extensions: tuple[str, ...] = EXTENSIONS, **flags: Any) -> Generator[SwarmClient]:
    """A client of an application that runs; keyword arguments are flags of the command line."""
    jobs = SteppedJobs()
    app = app_around(jobs, data, extensions=extensions, **flags)
    with TestClient(app, raise_server_exceptions=False) as http:
        yield SwarmClient(http, jobs, data)


def app_around(
    jobs: SteppedJobs, data: Path, *, extensions: tuple[str, ...] = EXTENSIONS, **flags: Any
) -> FastAPI:
    """The application with this queue behind it."""
    config = ApiConfig.from_flags({"data_dir": str(data), **flags})
    services = Backend(jobs=jobs, catalog=FakeCatalog(), outputs=config.places.outputs)
    return create_app(config, services, hooks=ApiHooks(extensions))


@pytest.fixture
def make_client(tmp_path: Path) -> Iterator[MakeClient]:
    """Build applications with a client each."""
    with ExitStack() as stack:

        def build(**flags: Any) -> SwarmClient:
            client = stack.enter_context(serving(tmp_path, **flags))
            if not flags.get("api_keys"):
                client.new_session()
            return client

        yield build


@pytest.fixture(scope="package")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SwarmClient]:
    """One application for all tests that change nothing of it but what is put back."""
    with serving(tmp_path_factory.mktemp("shared")) as client:
        yield client


@pytest.fixture
def client(shared: SwarmClient) -> SwarmClient:
    """A client of a server with default flags, which has seen nothing yet."""
    app: Any = shared.http.app
    close_server(app.state.sdapi)
    for path in shared.data.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    app.state.sdapi.store.apply({"sd_model_checkpoint": ""})
    app.state.sdapi.catalog.refreshed = 0
    shared.jobs.begin_anew()
    client = SwarmClient(shared.http, shared.jobs, shared.data)
    client.new_session()
    return client


def frames_of(socket: WebSocketTestSession) -> list[dict[str, Any]]:
    """All frames until the server closes, as it should."""
    found: list[dict[str, Any]] = []
    while True:
        message = socket.receive()
        if message["type"] == "websocket.close":
            assert message["code"] == 1000
            return found
        found.append(json.loads(message["text"]))
