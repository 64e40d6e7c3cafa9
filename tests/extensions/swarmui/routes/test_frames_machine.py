"""Any messages in any order: errors get a frame, sockets end as they should, others go on."""

from __future__ import annotations

import json
import socket as sockets
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection

from extensions.swarmui.routes import live
from tests.extensions.swarmui.live_server import MOST_BYTES, PATIENCE, LiveServer, live_server

NUMBERS = st.integers(-2, 3) | st.sampled_from((10**6, 2**70))
"""Few pictures, or more than anybody may ask for: what lies between takes its time."""
SCALARS = st.none() | st.booleans() | NUMBERS | st.sampled_from((0.5, -1e300)) | st.text(max_size=20)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
)
NAMES = "images prompt steps seed width model loras initimage batchsize presets rawInput priority keep_alive"
WISHES = st.dictionaries(st.sampled_from(NAMES.split()), JSON | NUMBERS, max_size=4)
KNOWN = frozenset(
    "error error_id status backend_status supported_features gen_progress image batch_index request_id "
    "metadata discard_indices warnings socket_intention keep_alive".split()
)
SMALL = {"images": 1, "width": 64, "height": 64, "steps": 2, "donotsave": True}
NORMAL = 1000
"""Code with which a conversation is closed; a message beyond the limit closes it with another."""


class SocketMachine(RuleBasedStateMachine):
    """One client with one socket at a time; ``begun`` once the server has taken its session."""

    server: LiveServer

    def __init__(self) -> None:
        super().__init__()
        self.http = self.server.client()
        self.session: str = self.http.post("/API/GetNewSession", json={}).json()["session_id"]
        self.socket: ClientConnection | None = None
        self.opened = ExitStack()
        self.sent = self.good = 0
        self.begun = False

    def _send(self, message: str | bytes | list[str]) -> None:
        if self.socket is None:
            self.socket = self.opened.enter_context(self.server.socket())
            self.sent, self.good, self.begun = 0, 0, False
        try:
            self.socket.send(message)
            self.sent += 1
        except ConnectionClosed:
            self._read(self.socket)

    def _wish(self, **fields: Any) -> str:
        return json.dumps({"session_id": self.session, **SMALL, **fields})

    @rule(images=st.integers(1, 2), fragments=st.integers(1, 3), nested=st.booleans())
    def ask_well(self, images: int, fragments: int, nested: bool) -> None:
        """A request, whole or in fragments of a message."""
        text = self._wish(images=images, **({"rawInput": {"prompt": "a"}} if nested else {"prompt": "a"}))
        cut = len(text) // fragments
        self._send(
            [text[k * cut : (k + 1) * cut] for k in range(fragments - 1)] + [text[(fragments - 1) * cut :]]
        )
        if self.sent == 1 or self.begun:
            self.begun, self.good = True, self.good + images

    @rule(wish=WISHES)
    def ask_badly(self, wish: dict[str, Any]) -> None:
        """Send an object with the names of a request's fields and any values."""
        self._send(json.dumps(wish))

    @rule(garbage=st.text(max_size=40) | JSON.map(json.dumps) | st.binary(max_size=40))
    def send_garbage(self, garbage: str | bytes) -> None:
        """Send any text, JSON or bytes."""
        self._send(garbage)

    @rule(size=st.sampled_from((MOST_BYTES // 2, MOST_BYTES + 1)))
    def send_much(self, size: int) -> None:
        """A message near the limit, or beyond it, where the socket is closed."""
        self._send("x" * size)
        if size > MOST_BYTES and self.socket is not None:
            self._read(self.socket, code=None)

    @precondition(lambda self: self.socket is not None)
    @rule()
    def leave(self) -> None:
        """Close the socket as the protocol wants it."""
        assert self.socket is not None
        self.socket.close()
        self.socket = None

    @precondition(lambda self: self.socket is not None)
    @rule()
    def vanish(self) -> None:
        """Cut the connection without a word, unless the server has closed it already."""
        assert self.socket is not None
        with suppress(OSError):
            self.socket.socket.shutdown(sockets.SHUT_RDWR)
        self.socket = None

    @precondition(lambda self: self.socket is not None)
    @rule()
    def hear_out(self) -> None:
        """Read all frames to the end."""
        assert self.socket is not None
        self._read(self.socket)

    @rule(noise=st.binary(min_size=1, max_size=20))
    def break_the_protocol(self, noise: bytes) -> None:
        """Bytes that are no frames, on a connection of their own."""
        with sockets.create_connection(("127.0.0.1", self.server.port), timeout=PATIENCE) as raw:
            lines = (
                "GET /API/GenerateText2ImageWS HTTP/1.1",
                "Host: x",
                "Upgrade: websocket",
                "Connection: Upgrade",
            )
            more = ("Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==", "", "")
            raw.sendall("\r\n".join((*lines, *more)).encode())
            assert raw.recv(4096).startswith(b"HTTP/1.1 101")
            raw.sendall(b"\xff" + noise)

    @rule()
    def ask_over_http(self) -> None:
        """Ask over HTTP meanwhile, which is answered."""
        answer = self.http.post("/API/GetCurrentStatus", json={"session_id": self.session})
        assert answer.status_code == 200

    def _read(self, socket: ClientConnection, code: int | None = NORMAL) -> None:
        """All frames until the server closes; each is one that the document knows."""
        self.socket, found = None, list[dict[str, Any]]()
        with suppress(ConnectionClosed):
            while True:
                found.append(json.loads(socket.recv(PATIENCE)))
        assert code in (None, socket.close_code)
        self._check(found, whole=code is not None)

    def _check(self, frames: list[dict[str, Any]], *, whole: bool) -> None:
        assert all(set(frame) <= KNOWN for frame in frames)
        errors = [frame for frame in frames if "error" in frame]
        assert all(isinstance(frame["error"], str) and frame["error"] for frame in errors)
        assert "internal_error" not in {frame.get("error_id") for frame in errors}
        if whole and self.begun:
            assert sum("image" in frame for frame in frames) >= self.good
            assert frames[-1]["status"]["live_gens"] == 0
        elif whole and self.sent:
            assert errors

    def teardown(self) -> None:
        """Whatever happened, the next request of the session is answered."""
        self.opened.close()
        answer = self.http.post("/API/GenerateText2Image", json=json.loads(self._wish(prompt="a")))
        assert answer.json().get("images"), answer.text
        self.http.close()


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LiveServer]:
    monkeypatch.setattr(live, "KEEP_ALIVE", 0.005)
    with live_server(tmp_path) as found:
        yield found


def test_any_frames(server: LiveServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SocketMachine, "server", server, raising=False)
    run_state_machine_as_test(
        SocketMachine, settings=settings(max_examples=12, stateful_step_count=8, deadline=None)
    )
