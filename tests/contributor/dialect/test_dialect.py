"""A dialect is one module: its own names and errors, and the core's keys, limits, preferences and queue."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from pipelines.contract.errors import MissingWeights, OutOfMemory
from sdapi.app import create_app
from sdapi.core.config import ApiConfig
from sdapi.core.hooks import ApiHooks
from sdapi.core.services import Backend
from tests.contributor.dialect.toy import ToyApi
from tests.sdapi.fakes import FakeCatalog, FakeJobs
from tests.sdapi.http.access.test_keys import bearer, entry


def make_client(tmp_path: Path, jobs: FakeJobs, **flags: Any) -> TestClient:
    hooks = ApiHooks()
    hooks.register(ToyApi())
    own = {"data_dir": str(tmp_path), "disable_all_extensions": True, **flags}
    app = create_app(ApiConfig.from_flags(own), Backend(jobs=jobs, catalog=FakeCatalog()), hooks=hooks)
    return TestClient(app, raise_server_exceptions=False)


@pytest.fixture
def jobs() -> FakeJobs:
    return FakeJobs()


@pytest.fixture
def client(tmp_path: Path, jobs: FakeJobs) -> TestClient:
    return make_client(tmp_path, jobs)


def test_it_makes_pictures(client: TestClient, jobs: FakeJobs) -> None:
    wish = {"text": "a red circle", "pictures": 2, "size": 64, "rounds": 3, "number": 7, "model": "tiny-sd1"}
    answer = client.post("/toy/draw", json=wish, headers={"X-Priority": "5"})
    assert (answer.status_code, len(answer.json()["pictures"]), answer.json()["told"]) == (200, 2, [])
    request = jobs.generation
    assert (request.prompt, request.width, request.steps, request.seeds.seed) == ("a red circle", 64, 3, 7)
    assert request.checkpoint == "/models/tiny-sd1.safetensors"
    assert (jobs.senders[0].priority, answer.headers["X-Job-Id"]) == (5, jobs.submitted[0][0])


@pytest.mark.parametrize(
    ("wish", "where", "why"),
    [
        ({"pictures": 0}, "pictures", "pictures must be between 1 and 64, not 0"),
        ({"size": 4}, "size", "size must be at least 8 pixels, not 4"),
        ({"rounds": 10**6}, "rounds", "rounds must be between 1 and 1000, not 1000000 (see --max-steps)"),
        ({"larger_by": "magic"}, "larger_by", "could not find upscaler named magic"),
        ({"like": "!"}, "like", "Invalid encoded image"),
        ({"pictures": "many"}, "pictures", "Input should be a valid integer"),
    ],
)
def test_its_errors_are_in_its_own_words(
    wish: dict[str, Any], where: str, why: str, client: TestClient
) -> None:
    answer = client.post("/toy/draw", json={"text": "a", **wish})
    assert answer.status_code == 422
    assert answer.json()["where"] == where
    assert answer.json()["why"].startswith(why)
    assert answer.json()["ok"] is False


def test_what_fails_later_is_said_so_too(client: TestClient, jobs: FakeJobs) -> None:
    jobs.failure = MissingWeights("needs a file", field="hires.upscaler")
    found = client.post("/toy/draw", json={"text": "a"})
    assert found.json() == {"ok": False, "why": "needs a file", "where": "larger_by"}
    jobs.failure = OutOfMemory("the device ran out of memory")
    assert client.post("/toy/draw", json={"text": "a"}).status_code == 507
    told = client.post("/toy/draw", json={"text": "a", "model": "nobody's"}).json()
    assert told["ok"] is False


def test_its_warnings_name_its_fields(client: TestClient) -> None:
    (told,) = client.post("/toy/draw", json={"text": "a", "model": "another"}).json()["told"]
    assert told.startswith("model: no checkpoint is called 'another'")


def test_its_paths_speak_it_and_others_do_not(client: TestClient) -> None:
    assert client.get("/toy/nothing").json() == {"ok": False, "why": "Not Found", "where": None}
    assert client.get("/toy/draw").json() == {"ok": False, "why": "Method Not Allowed", "where": None}
    assert client.get("/nothing").json() == {"detail": "Not Found"}
    error = client.post("/sdapi/v1/txt2img", json={"n_iter": 0}).json()
    assert error["errors"].startswith("n_iter must be between 1 and")


def test_its_socket_answers_message_by_message(client: TestClient, jobs: FakeJobs) -> None:
    with client.websocket_connect("/toy/live") as socket:
        socket.send_json({"text": "one", "priority": 3})
        assert socket.receive_json() == {"ok": True, "begun": "one"}
        assert len(socket.receive_json()["pictures"]) == 1
        socket.send_json({"text": "two", "size": 4})
        socket.receive_json()
        assert socket.receive_json()["where"] == "size"
        for nonsense in ("{", "[]", '{"text": 3}', '{"text": "a", "priority": "x"}'):
            socket.send_text(nonsense)
            frame = socket.receive_json()
            assert (frame if "why" in frame else socket.receive_json())["ok"] is False
    assert [sender.priority for sender in jobs.senders] == [3]


def test_keys_hold_for_it(tmp_path: Path, jobs: FakeJobs) -> None:
    path = tmp_path / "keys.json"
    rows = [entry("read", role="reader"), entry("use", per_minute=2, concurrent=3)]
    path.write_text(json.dumps({"keys": rows}))
    client = make_client(tmp_path, jobs, api_keys=str(path))
    refused = client.post("/toy/draw", json={"text": "a"}, headers=bearer("read"))
    assert (refused.status_code, refused.json()["ok"]) == (403, False)
    assert client.post("/toy/draw", json={"text": "a"}).json()["why"] == "Not authenticated"
    assert client.post("/toy/draw", json={"text": "a"}, headers=bearer("use")).status_code == 200
    with client.websocket_connect("/toy/live", headers=bearer("use")) as socket:
        socket.send_json({"text": "a"})
        assert [socket.receive_json()["ok"] for _ in range(2)] == [True, True]
        socket.send_json({"text": "a"})
        assert "per minute" in socket.receive_json()["why"]
    assert [sender.client for sender in jobs.senders] == ["key:use"] * 2
    with (
        pytest.raises(WebSocketDisconnect),
        client.websocket_connect("/toy/live", headers=bearer("read")),
    ):
        pass
