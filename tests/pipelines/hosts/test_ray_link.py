"""The link to an actor: order, silence, deaths and kills."""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue

import pytest

from pipelines.contract.codec import CodecError, decode_any, encode
from pipelines.hosts import ray_link
from pipelines.hosts.protocol import Control, Heartbeat
from pipelines.hosts.ray_link import RayLink, reason_of
from tests.pipelines.jobs.fake_ray import FakeActor, FakeRay
from tests.pipelines.jobs.helpers import until


class ScriptedHost:
    """Takes messages, and gives those that a test lays ready."""

    def __init__(self) -> None:
        self.taken: list[list[bytes]] = []
        self.given: SimpleQueue[list[bytes]] = SimpleQueue()
        self.refusal = ""

    def put(self, messages: list[bytes]) -> None:
        if self.refusal:
            raise ValueError(self.refusal)
        self.taken.append(messages)

    def get(self) -> list[bytes]:
        return self.given.get()

    def give(self, *sizes: int) -> None:
        """Lay heartbeats ready, one of each size in ``rss``."""
        self.given.put([encode(Heartbeat(rss=size)) for size in sizes])


@pytest.fixture
def host() -> ScriptedHost:
    return ScriptedHost()


@pytest.fixture
def ray() -> FakeRay:
    return FakeRay()


@pytest.fixture
def threads() -> Generator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(2) as pool:
        yield pool


async def test_messages_keep_their_order(
    ray: FakeRay, host: ScriptedHost, threads: ThreadPoolExecutor
) -> None:
    link = RayLink(ray, FakeActor(host), threads, "1 CPU")
    messages = [Control(job_id=str(number), action="skip") for number in range(50)]
    for message in messages:
        link.send(message)
    await until(lambda: sum(map(len, host.taken)) == len(messages))
    link.send(messages[0])
    await until(lambda: sum(map(len, host.taken)) == len(messages) + 1)
    taken = [decode_any(data) for batch in host.taken for data in batch]
    assert taken == [*messages, messages[0]]
    await link.close()


async def test_messages_come_one_by_one_until_the_end(
    ray: FakeRay, host: ScriptedHost, threads: ThreadPoolExecutor
) -> None:
    actor = FakeActor(host)
    link = RayLink(ray, actor, threads, "1 CPU")
    host.give(1, 2)
    host.give(3)
    host.give()
    sizes = [message.rss for _ in range(3) if isinstance(message := await link.receive(5), Heartbeat)]
    assert sizes == [1, 2, 3]
    assert await link.receive(5) is None
    assert await link.close() == "its actor ended"
    assert ray.killed == [actor]


async def test_a_dead_actor_ends_the_link_with_its_reason(
    ray: FakeRay, host: ScriptedHost, threads: ThreadPoolExecutor
) -> None:
    actor = FakeActor(host)
    link = RayLink(ray, actor, threads, "1 CPU")
    host.give(1)
    await link.receive(5)
    actor.die("its node is gone")
    assert await link.receive(5) is None
    assert await link.close() == "its actor died: its node is gone"


async def test_an_actor_that_loses_messages_is_killed(
    ray: FakeRay, host: ScriptedHost, threads: ThreadPoolExecutor
) -> None:
    actor = FakeActor(host)
    host.refusal = "no room"
    link = RayLink(ray, actor, threads, "1 CPU")
    link.send(Control(job_id="a", action="skip"))
    assert await link.receive(5) is None
    assert ray.killed == [actor]
    await link.close()


async def test_only_an_actor_that_has_spoken_may_be_called_silent(
    ray: FakeRay, host: ScriptedHost, threads: ThreadPoolExecutor, caplog: pytest.LogCaptureFixture
) -> None:
    link = RayLink(ray, FakeActor(host), threads, "1 CPU and 1 GPU")
    waiting = asyncio.create_task(link.receive(0.05))
    await until(lambda: "waits for a node with 1 CPU and 1 GPU" in caplog.text)
    host.give(1)
    assert isinstance(await waiting, Heartbeat)
    with pytest.raises(TimeoutError):
        await link.receive(0.05)
    await link.close()


async def test_a_kill_ends_an_actor_without_a_place(
    ray: FakeRay, host: ScriptedHost, threads: ThreadPoolExecutor
) -> None:
    link = RayLink(ray, FakeActor(host), threads, "1 CPU")
    link.kill()
    assert await link.receive(60) is None
    assert await link.close() == "its actor died: it was killed"


async def test_nobody_waits_for_a_cluster_that_does_not_answer(
    ray: FakeRay, host: ScriptedHost, threads: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ray_link, "REAP", 0.05)
    ray.deaf = True

    actor = FakeActor(host)
    link = RayLink(ray, actor, threads, "1 CPU")
    link.kill()
    assert await link.receive(60) is None
    assert await link.close() == "its actor ended"
    actor.die("late")


async def test_what_cannot_be_read_is_an_error(
    ray: FakeRay, host: ScriptedHost, threads: ThreadPoolExecutor
) -> None:
    link = RayLink(ray, FakeActor(host), threads, "1 CPU")
    host.given.put([b"nonsense"])
    with pytest.raises(CodecError):
        await link.receive(5)
    await link.close()


def test_a_reason_is_the_last_line() -> None:
    assert reason_of(RuntimeError("first\n  last  \n\n")) == "last"
    assert reason_of(RuntimeError("It died. Some common causes include: (1)")) == "It died."
    assert reason_of(RuntimeError("")) == "RuntimeError"
    assert len(reason_of(RuntimeError("x" * 9999))) == ray_link.LONGEST
