"""Preferences are read from the parsed body: however its bytes arrive, and however JSON spells them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import pytest
from fastapi import APIRouter, Body
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from pipelines.contract.errors import InvalidRequest, SdapiError
from pipelines.contract.requests import GenerationRequest
from pipelines.contract.results import GenerationResult
from sdapi.core.state import StateOf
from sdapi.jobs.preferences import Preferences, current_preferences, holding_preferences, message_preferences
from sdapi.jobs.submit import submit_and_wait
from tests.pipelines.jobs.helpers import make_request
from tests.sdapi.conftest import MakeServer, Server
from tests.sdapi.http.access.test_keys import bearer, entry

TXT2IMG = "/sdapi/v1/txt2img"
HOOK = "http://a.example/hook"
BODY = json.dumps({"steps": 1, "webhook": HOOK, "priority": 7, "keep_alive": "10m"}).encode()


def send_pieces(server: Server, pieces: Iterable[bytes], headers: dict[str, str] | None = None) -> int:
    """POST a body that arrives in these pieces; the status of the answer."""
    waiting = list(pieces)
    pairs = {"host": "test", "content-type": "application/json", **(headers or {})}
    scope: dict[str, Any] = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": TXT2IMG,
        "raw_path": TXT2IMG.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(k.encode(), v.encode()) for k, v in pairs.items() if v],
        "client": ("127.0.0.1", 1),
        "server": ("test", 80),
    }
    statuses: list[int] = []

    async def receive() -> dict[str, Any]:
        if not waiting:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": waiting.pop(0), "more_body": bool(waiting)}

    async def send(message: Any) -> None:
        statuses.extend([message["status"]] if "status" in message else [])

    asyncio.run(server.app(scope, receive, send))
    return statuses[0]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 50, 1000])
@pytest.mark.parametrize("content_type", ["application/json", "", "application/vnd.x+json; charset=utf-8"])
def test_no_border_between_packets_loses_a_wish(
    size: int, content_type: str, make_server: MakeServer
) -> None:
    server = make_server(webhook_key="key")
    pieces = [BODY[at : at + size] for at in range(0, len(BODY), size)]
    assert send_pieces(server, pieces, {"content-type": content_type}) == 200
    (sender,) = server.jobs.senders
    assert (sender.webhook, sender.priority) == (HOOK, 7)
    assert server.jobs.generation.keep_alive == 600.0


@pytest.mark.parametrize(
    "spelt",
    [r'"\u0077ebhook"', r'"webh\u006fok"', '\n"webhook" \t', r'"\u0077\u0065\u0062\u0068\u006f\u006f\u006b"'],
)
def test_no_spelling_loses_a_wish(spelt: str, make_server: MakeServer) -> None:
    server = make_server(webhook_key="key")
    body = f'{{"steps": 1, {spelt}: "{HOOK}"}}'.encode()
    for encoded in (body, body.decode().encode("utf-16"), body.decode().encode("utf-8-sig")):
        answer = server.client.post(TXT2IMG, content=encoded, headers={"Content-Type": "application/json"})
        if answer.status_code == 200:
            assert server.jobs.senders[-1].webhook == HOOK
    assert server.jobs.senders[0].webhook == HOOK


def test_the_last_of_two_fields_counts_as_it_does_for_the_route(make_server: MakeServer) -> None:
    server = make_server(webhook_key="key")
    body = b'{"steps": 1, "priority": 1, "steps": 2, "priority": 2}'
    assert send_pieces(server, [body]) == 200
    assert (server.jobs.generation.steps, server.jobs.senders[0].priority) == (2, 2)


def test_what_is_no_field_is_no_wish(make_server: MakeServer) -> None:
    server = make_server(webhook_key="key")
    body = {"prompt": '"webhook": "http://b.example"', "override_settings": {"priority": 3}}
    assert server.client.post(TXT2IMG, json=body).status_code == 200
    assert (server.jobs.senders[0].webhook, server.jobs.senders[0].priority) == ("", 0)


def test_the_body_goes_before_the_header_and_null_is_no_wish(server: Server) -> None:
    headers = {"X-Priority": "5"}
    for wish, priority in (({}, 5), ({"priority": None}, 5), ({"priority": 0}, 0), ({"priority": -3}, -3)):
        server.client.post(TXT2IMG, json=wish, headers=headers)
        assert server.jobs.senders[-1].priority == priority


@pytest.mark.parametrize(
    ("value", "status"), [(True, 202), ("true", 202), (1, 202), (False, 200), (None, 200)]
)
def test_not_waiting_may_be_wished_in_the_body(value: object, status: int, server: Server) -> None:
    answer = server.client.post(TXT2IMG, json={"async": value})
    assert answer.status_code == status
    assert answer.json().get("warnings", []) == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("async", "maybe"),
        ("async", []),
        ("priority", {}),
        ("keep_alive", []),
        ("webhook", 5),
        ("priority", 1e999),
    ],
)
def test_a_wish_that_makes_no_sense_is_named(field: str, value: object, make_server: MakeServer) -> None:
    server = make_server(webhook_key="key")
    answer = server.client.post(TXT2IMG, content=json.dumps({field: value}))
    assert answer.status_code == 422
    assert field in answer.text


def test_every_route_with_a_body_has_preferences(make_server: MakeServer) -> None:
    server = make_server(webhook_key="key")
    router = APIRouter()

    @router.post("/dialect")
    async def dialect(body: Annotated[dict[str, Any], Body()]) -> object:
        return [current_preferences().priority, len(body)]

    server.app.include_router(router)
    assert server.client.post("/dialect", json={"priority": 4}).json() == [4, 1]
    assert server.client.post("/dialect", content=b"{").status_code == 422
    server.client.post("/sdapi/v1/unload-checkpoint", content=b"{")
    assert server.jobs.senders[-1].priority == 0


def test_outside_of_requests_nothing_is_wished() -> None:
    assert (current_preferences().priority, current_preferences().webhook) == (0, None)
    with holding_preferences(Preferences(priority=3)):
        assert current_preferences().priority == 3
    assert current_preferences().priority == 0
    for body in ([], "priority", 3, None):
        preferences = Preferences()
        preferences.take(body)
        assert preferences.priority == 0
    with pytest.raises(InvalidRequest):
        Preferences().take({"async": "x"})


def add_socket(server: Server) -> None:
    """A WebSocket that queues a job for each message, as a dialect does."""

    async def make(socket: WebSocket, state: StateOf) -> None:
        await socket.accept()
        for _ in range(3):
            try:
                with message_preferences(socket.scope, await socket.receive_json()):
                    request: GenerationRequest = make_request()
                    made = await submit_and_wait(state, request, GenerationResult, job_id="x")
                await socket.send_json({"id": made.job_id})
            except SdapiError as error:
                await socket.send_json({"status": error.status})

    server.app.add_api_websocket_route("/make", make)


def test_sockets_have_preferences_roles_and_quotas(tmp_path: Path, make_server: MakeServer) -> None:
    path = tmp_path / "keys.json"
    rows = [entry("read", role="reader"), entry("use", per_minute=2, concurrent=3)]
    path.write_text(json.dumps({"keys": rows}))
    server = make_server(api_keys=str(path), webhook_key="key")
    add_socket(server)
    client = TestClient(server.app)
    for headers in ({}, bearer("read"), bearer("nobody")):
        with (
            pytest.raises(WebSocketDisconnect) as refused,
            client.websocket_connect("/make", headers=headers),
        ):
            pass
        assert refused.value.code == 1008
    with client.websocket_connect("/make", headers=bearer("use")) as socket:
        answers: list[Any] = []
        for _ in range(3):
            socket.send_json({"priority": 6, "webhook": HOOK})
            answers.append(socket.receive_json())
    assert answers == [{"id": "x"}, {"id": "x"}, {"status": 429}]
    assert [(s.client, s.priority, s.webhook, s.concurrent) for s in server.jobs.senders] == [
        ("key:use", 6, HOOK, 3)
    ] * 2
