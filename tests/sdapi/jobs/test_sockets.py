"""Messages on a WebSocket are bounded as bodies are, and what goes wrong is a frame."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from sdapi.core.state import StateOf
from sdapi.http.errors import ApiError
from sdapi.http.limits import Limits
from sdapi.jobs.sockets import answer_messages, read_message
from tests.sdapi.conftest import Server


def connect(server: Server, *, once: bool = False) -> TestClient:
    async def talk(socket: WebSocket, state: StateOf) -> None:
        async def answer(message: Any) -> AsyncIterator[Mapping[str, Any]]:
            yield {"said": message}
            if message == "fail":
                raise KeyError("no such thing")

        await answer_messages(socket, state, answer, once=once)

    server.app.add_api_websocket_route("/talk", talk)
    return TestClient(server.app)


def test_a_failure_is_a_frame_and_the_next_message_is_answered(server: Server) -> None:
    with connect(server).websocket_connect("/talk") as socket:
        socket.send_json("fail")
        assert socket.receive_json() == {"said": "fail"}
        assert socket.receive_json()["error"] == "KeyError"
        socket.send_bytes(b'{"a": [1]}')
        assert socket.receive_json() == {"said": {"a": [1]}}


def test_it_may_be_closed_after_one_message(server: Server) -> None:
    with connect(server, once=True).websocket_connect("/talk") as socket:
        socket.send_text("{")
        assert socket.receive_json()["detail"] == "the message is no JSON"
        with pytest.raises(WebSocketDisconnect):
            socket.receive_json()


@pytest.mark.parametrize(
    ("text", "status"), [("[1,1,1,1]", 413), ('"' + "a" * 100 + '"', 413), ("{", 422), ("[" * 50_000, 413)]
)
def test_messages_are_bounded(text: str, status: int) -> None:
    with pytest.raises(ApiError) as refused:
        read_message(text, Limits(body_bytes=60, body_values=3))
    assert refused.value.status_code == status
