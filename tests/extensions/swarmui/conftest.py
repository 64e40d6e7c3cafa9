"""An application with SwarmUI's API around fakes, and clients of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient, WebSocketTestSession

from extensions.swarmui.routes import live
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
        """Get a session."""
        self.session = self.http.post("/API/GetNewSession", json={}, headers=self.headers).json()[
            "session_id"
        ]
        return self.session

    def ask(self, route: str, **fields: Any) -> Any:
        """The JSON of an answer; it is 200."""
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

    def live(self, **fields: Any) -> WebSocketTestSession:
        """A socket."""
        return self.http.websocket_connect("/API/GenerateText2ImageWS", headers=self.headers, **fields)

    def wish(self, **fields: Any) -> dict[str, Any]:
        """A message for it."""
        whole = {"images": 1, "width": 64, "height": 64, "prompt": "a", **fields}
        return {"session_id": self.session, **whole}


MakeClient = Callable[..., SwarmClient]


@pytest.fixture
def make_client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MakeClient]:
    """Build clients; keyword arguments are flags of the command line."""
    monkeypatch.setattr(live, "FAREWELL", 0.02)
    opened: list[TestClient] = []

    def build(**flags: Any) -> SwarmClient:
        jobs = SteppedJobs()
        config = ApiConfig.from_flags({"data_dir": str(tmp_path), **flags})
        services = Backend(jobs=jobs, catalog=FakeCatalog(), outputs=config.places.outputs)
        app = create_app(config, services, hooks=ApiHooks(("controlnet", "swarmui")))
        http = TestClient(app, raise_server_exceptions=False)
        http.__enter__()
        opened.append(http)
        client = SwarmClient(http, jobs, tmp_path)
        if not flags.get("api_keys"):
            client.new_session()
        return client

    yield build
    for http in opened:
        http.__exit__(None, None, None)


@pytest.fixture
def client(make_client: MakeClient) -> SwarmClient:
    """A client of a server with default flags."""
    return make_client()


def frames_of(socket: WebSocketTestSession) -> list[dict[str, Any]]:
    """All frames until the server closes, as it should."""
    found: list[dict[str, Any]] = []
    while True:
        message = socket.receive()
        if message["type"] == "websocket.close":
            assert message["code"] == 1000
            return found
        found.append(json.loads(message["text"]))
