"""An engine's host as a Ray actor, reached through remote calls that block no thread."""

from __future__ import annotations

import asyncio
import logging
from asyncio import FIRST_COMPLETED, Future, Task
from collections import deque
from collections.abc import Iterable
from concurrent.futures import Executor
from typing import Any

from pipelines.contract.codec import decode_any, encode
from pipelines.hosts.protocol import ToEngine
from pipelines.hosts.ray_api import Actor, Method, Ray

log = logging.getLogger(__name__)

REAP = 10.0
"""Seconds that Ray gets to report the end of an actor that was killed."""
ADVICE = " Some common causes"
"""Beginning of the advice in Ray's messages, which is the same for every death."""
LONGEST = 300
"""Most characters of a reason."""


class RayLink:
    """The ``Link`` to an `ActorHost`. ``wants``: in words, the resources that a node must offer.

    Ray's calls are begun in ``threads``, because they may wait for the cluster.
    """

    def __init__(self, ray: Ray, actor: Actor, threads: Executor, wants: str) -> None:
        self._ray = ray
        self._actor = actor
        self._threads = threads
        self._wants = wants
        self._outgoing: list[bytes] = []
        self._incoming: deque[bytes] = deque()
        self._sender: Task[None] | None = None
        self._fetcher: Task[list[bytes]] | None = None
        self._placed = False
        self._killing: Future[None] | None = None
        self._loop = asyncio.get_running_loop()
        self._given_up: Future[None] = self._loop.create_future()
        self._end = "its actor ended"

    def send(self, message: ToEngine) -> None:
        """Send with the next call; one call at a time keeps the order."""
        self._outgoing.append(encode(message))
        if self._sender is None or self._sender.done():
            self._sender = asyncio.create_task(self._send_all())

    async def _send_all(self) -> None:
        while self._outgoing and self._killing is None:
            messages, self._outgoing = self._outgoing, []
            try:
                await self._call(self._actor.put, messages)
            except Exception as error:
                log.debug("messages to an actor are lost: %s", reason_of(error))
                self.kill()

    async def receive(self, silence: float) -> object | None:
        """Wait for the next message; before the first, while the cluster has no place, without end."""
        if not self._incoming:
            self._incoming.extend(await self._fetch(silence))
        return decode_any(self._incoming.popleft()) if self._incoming else None

    async def _fetch(self, silence: float) -> Iterable[bytes]:
        """Wait for a message, and return all that are there; none when the actor has ended."""
        fetcher = self._fetcher = self._fetcher or asyncio.create_task(self._call(self._actor.get))
        while not await self._settled(fetcher, silence):
            if self._placed:
                raise TimeoutError
            log.warning("an engine still waits for a node with %s to spare", self._wants)
        if not fetcher.done():
            return ()
        self._fetcher, self._placed = None, True
        try:
            return fetcher.result()
        except Exception as error:
            self._end = f"its actor died: {reason_of(error)}"
            return ()

    async def _settled(self, fetcher: Task[list[bytes]], seconds: float) -> bool:
        """Wait at most some seconds; True if the call has returned or was given up."""
        done, _ = await asyncio.wait({fetcher, self._given_up}, timeout=seconds, return_when=FIRST_COMPLETED)
        return bool(done)

    def kill(self) -> None:
        """Kill the actor; also one that has no place yet."""
        if self._killing is None:
            self._killing = self._loop.run_in_executor(self._threads, self._kill)
            self._loop.call_later(REAP, self._give_up)

    def _kill(self) -> None:
        try:
            self._ray.kill(self._actor)
        except Exception as error:
            log.debug("an actor could not be killed: %s", reason_of(error))

    def _give_up(self) -> None:
        if not self._given_up.done():
            self._given_up.set_result(None)

    async def close(self) -> str:
        """Kill what is left, so that its place is free, and wait for what was called."""
        self.kill()
        await asyncio.wait(filter(None, (self._killing, self._sender, self._fetcher)), timeout=REAP)
        if self._fetcher is not None and self._fetcher.done() and (error := self._fetcher.exception()):
            self._end = f"its actor died: {reason_of(error)}"
        return self._end

    async def _call(self, method: Method, *arguments: Any) -> Any:
        answer = await self._loop.run_in_executor(self._threads, method.remote, *arguments)
        return await asyncio.wrap_future(answer.future())


def reason_of(error: BaseException) -> str:
    """Return the last line of one of Ray's errors: those before it name the call and the actor."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[-1].partition(ADVICE)[0][:LONGEST] if lines else type(error).__name__
