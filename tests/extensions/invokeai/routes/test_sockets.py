"""The socket.io server behind its path."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.extensions.invokeai.routes.invoke_client import invoke_client
from tests.sdapi.http.access.test_keys import bearer, entry

PATH = "/ws/socket.io/"


@pytest.fixture
def client(tmp_path: Path) -> TestClient:
    return invoke_client(tmp_path)


def test_sockets_can_be_polled(client: TestClient) -> None:
    opened = client.get("/ws/socket.io/", params={"EIO": "4", "transport": "polling"})
    assert opened.status_code == 200 and "sid" in opened.text
    session = json.loads(opened.text[1:])["sid"]
    query = {"EIO": "4", "transport": "polling", "sid": session}
    assert client.post("/ws/socket.io/", params=query, content="40").text == "OK"


def test_a_websocket_is_opened(client: TestClient) -> None:
    url = f"{PATH}?EIO=4&transport=websocket"
    with client.websocket_connect(url, headers={"Upgrade": "websocket"}) as socket:
        opened = socket.receive_text()
        assert opened[0] == "0" and "sid" in json.loads(opened[1:])
        socket.send_text("40")
        assert socket.receive_text().startswith("40")


def test_without_a_key_nothing_is_opened(tmp_path: Path) -> None:
    keys = tmp_path / "keys.json"
    keys.write_text(json.dumps({"keys": [entry("read", role="reader")]}))
    client = invoke_client(tmp_path, api_keys=str(keys))
    query = {"EIO": "4", "transport": "polling"}
    assert client.get(PATH, params=query).status_code == 401
    assert client.get(PATH, params=query, headers=bearer("read")).status_code == 200
