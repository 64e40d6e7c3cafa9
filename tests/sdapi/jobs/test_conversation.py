"""A conversation: frames in order, the newest of a name, bounds for slow readers, and who has left."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from starlette.types import Message
from starlette.websockets import WebSocket

from sdapi.http.errors import ApiError
from sdapi.http.limits import USUAL_LIMITS
from sdapi.jobs import conversation as conversations
from sdapi.jobs.conversation import ClientLeft, Conversation


class Peer:
    """The other end of a socket. While ``reading`` is clear, nothing can be sent."""

    def __init__(self) -> None:
        self.incoming: asyncio.Queue[Message] = asyncio.Queue()
        self.incoming.put_nowait({"type": "websocket.connect"})
        self.sent: list[Message] = []
        self.reading = asyncio.Event()
        self.reading.set()

    async def send(self, message: Message) -> None:
        await self.reading.wait()
        self.sent.append(message)

    def say(self, text: str) -> None:
        self.incoming.put_nowait({"type": "websocket.receive", "text": text})

    def leave(self) -> None:
        self.incoming.put_nowait({"type": "websocket.disconnect", "code": 1001})

    @property
    def frames(self) -> list[Any]:
        return [json.loads(m["text"]) for m in self.sent if m["type"] == "websocket.send"]

    def conversation(self) -> Conversation:
        socket = WebSocket({"type": "websocket", "headers": []}, self.incoming.get, self.send)
        return Conversation(socket, USUAL_LIMITS)


async def test_messages_and_frames_cross() -> None:
    peer = Peer()
    async with peer.conversation() as talk:
        with pytest.raises(TimeoutError):
            await talk.message(0.0)
        peer.say('{"a": 1}')
        assert await talk.message() == {"a": 1}
        peer.say("{")
        with pytest.raises(ApiError):
            await talk.message()
        await talk.say({"b": 2})
    assert peer.frames == [{"b": 2}]
    assert peer.sent[-1]["code"] == 1000


async def test_a_message_outlives_a_wait_that_was_given_up() -> None:
    peer = Peer()
    async with peer.conversation() as talk:
        waiting = asyncio.create_task(talk.message())
        await asyncio.sleep(0)
        peer.say("1")
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        assert await talk.message() == 1


async def test_a_slow_reader_is_shown_the_newest() -> None:
    peer = Peer()
    async with peer.conversation() as talk:
        peer.reading.clear()
        await talk.say({"first": 0})
        await asyncio.sleep(0)
        for step in range(1000):
            talk.show("step", {"step": step})
        await talk.say({"last": 1})
        peer.reading.set()
    assert peer.frames == [{"first": 0}, {"step": 999}, {"last": 1}]


async def test_who_says_much_waits_for_the_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conversations, "MOST_UNSENT", 100)
    peer = Peer()
    async with peer.conversation() as talk:
        peer.reading.clear()
        said = [0]

        async def talker() -> None:
            for number in range(50):
                await talk.say({"text": "x" * 50, "number": number})
                said.append(number)

        talking = asyncio.create_task(talker())
        for _ in range(50):
            await asyncio.sleep(0)
        assert len(said) < 6
        peer.reading.set()
        await talking
    assert [frame["number"] for frame in peer.frames] == [*range(50)]


async def test_who_leaves_is_noticed_and_told_no_more() -> None:
    peer = Peer()
    async with peer.conversation() as talk:
        peer.leave()
        with pytest.raises(ClientLeft):
            await talk.message()
        await talk.say({"a": 1})
        talk.show("b", {"b": 2})
        await talk.drained()
    assert peer.frames == []
    assert [m["type"] for m in peer.sent] == ["websocket.accept"]


async def test_a_reader_that_stops_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conversations, "SEND_SECONDS", 0.01)
    peer = Peer()
    async with peer.conversation() as talk:
        peer.reading.clear()
        await talk.say({"a": 1})
        with pytest.raises(ClientLeft):
            await talk.message()
        peer.reading.set()


async def test_an_error_closes_with_its_code() -> None:
    peer = Peer()
    with pytest.raises(LookupError):
        async with peer.conversation():
            raise LookupError
    assert peer.sent[-1] == {"type": "websocket.close", "code": 1011, "reason": ""}
