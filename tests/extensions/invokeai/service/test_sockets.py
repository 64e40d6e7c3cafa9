"""Events go to the subscribers of a queue, and to a client with a key only its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from extensions.invokeai.service.sockets import SocketHub
from sdapi.http.caller import SCOPE_KEY, Caller, Role


class Server:
    """Rooms and what was sent to them."""

    def __init__(self) -> None:
        self.rooms: dict[str, set[str]] = {}
        self.sent: list[tuple[str, Mapping[str, Any], str]] = []

    async def enter_room(self, sid: str, room: str) -> None:
        self.rooms.setdefault(room, set()).add(sid)

    async def leave_room(self, sid: str, room: str) -> None:
        self.rooms[room].discard(sid)

    async def emit(self, name: str, data: Mapping[str, Any], room: str) -> None:
        self.sent.append((name, data, room))

    def heard(self) -> set[str]:
        """The clients that got the last event."""
        return set().union(*(self.rooms.get(room, set()) for _, _, room in self.sent))


def hub(monkeypatch: pytest.MonkeyPatch) -> tuple[SocketHub, Server, Any]:
    made, server = SocketHub(), Server()
    monkeypatch.setattr(made, "_server", server)
    return made, server, made


async def connected(made: Any, sid: str, caller: Caller | None, queue: str = "default") -> None:
    await made._connect(sid, {"asgi.scope": {} if caller is None else {SCOPE_KEY: caller}})
    await made._subscribe(sid, {"queue_id": queue})


ANNE, BEN, BOSS = (
    Caller(name="anne", role=Role.USER),
    Caller(name="ben", role=Role.USER),
    Caller(name="boss", role=Role.ADMIN),
)


@pytest.mark.anyio
async def test_an_item_is_told_to_its_owner_and_to_those_who_see_all(monkeypatch: pytest.MonkeyPatch) -> None:
    made, server, inside = hub(monkeypatch)
    for sid, caller in (("a", ANNE), ("b", BEN), ("boss", BOSS), ("plain", None)):
        await connected(inside, sid, caller)
    await made.tell("x", {"item_id": 1}, queue_id="default", client=ANNE.client)
    assert server.heard() == {"a", "boss", "plain"}
    name, data, _ = server.sent[0]
    assert (name, data["item_id"], data["queue_id"]) == ("x", 1, "default")
    assert isinstance(data["timestamp"], int)


@pytest.mark.anyio
async def test_queues_do_not_mix(monkeypatch: pytest.MonkeyPatch) -> None:
    made, server, inside = hub(monkeypatch)
    await connected(inside, "a", ANNE, "mine")
    await connected(inside, "boss", BOSS, "other")
    await made.tell("x", {}, queue_id="other", client=ANNE.client)
    assert server.heard() == {"boss"}


@pytest.mark.anyio
async def test_a_client_that_left_hears_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    made, server, inside = hub(monkeypatch)
    await connected(inside, "a", ANNE)
    await inside._unsubscribe("a", {"queue_id": "default"})
    await made.tell("x", {}, queue_id="default", client=ANNE.client)
    assert server.heard() == set()
    assert made.heard
    await inside._disconnect("a")
    await inside._disconnect("a")
    sent = len(server.sent)
    await made.tell("x", {}, queue_id="default")
    assert (made.heard, len(server.sent)) == (False, sent)


@pytest.mark.anyio
@pytest.mark.parametrize("data", [None, "default", {}, {"queue_id": "default"}])
async def test_a_subscription_without_a_queue_is_to_the_usual_one(
    data: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, server, inside = hub(monkeypatch)
    await inside._connect("boss", {"asgi.scope": {SCOPE_KEY: BOSS}})
    await inside._subscribe("boss", data)
    await made.tell("x", {}, queue_id="default")
    assert server.heard() == {"boss"}


@pytest.mark.anyio
async def test_before_the_first_client_nothing_is_sent() -> None:
    await SocketHub().tell("x", {}, queue_id="default")
