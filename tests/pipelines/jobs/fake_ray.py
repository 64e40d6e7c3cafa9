"""Ray without Ray: actors are objects of this process, and calls run in threads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future
from contextlib import suppress
from threading import Thread
from typing import Any, Self

from pipelines.hosts.ray_api import Actor


class FakeAnswer:
    """The reference of one call."""

    def __init__(self, future: Future[Any]) -> None:
        self._future = future

    def future(self) -> Future[Any]:
        return self._future


class FakeMethod:
    """A method whose calls are answered by a thread each, unless the actor dies before."""

    def __init__(self, actor: FakeActor, call: Callable[..., Any]) -> None:
        self._actor = actor
        self._call = call

    def remote(self, *arguments: Any) -> FakeAnswer:
        future: Future[Any] = Future()
        self._actor.pending.append(future)
        if self._actor.death is not None:
            settle(future, self._actor.death)
            return FakeAnswer(future)
        Thread(target=self._run, args=(future, arguments), daemon=True).start()
        return FakeAnswer(future)

    def _run(self, future: Future[Any], arguments: tuple[Any, ...]) -> None:
        try:
            answer = self._call(*arguments)
        except Exception as error:
            settle(future, error)
        else:
            settle(future, self._actor.death or answer)


def settle(future: Future[Any], answer: object) -> None:
    """Set an answer or an error, unless there is one."""
    with suppress(Exception):
        if isinstance(answer, Exception):
            future.set_exception(answer)
        else:
            future.set_result(answer)


class FakeActor:
    """A handle on a host."""

    def __init__(self, host: Any) -> None:
        self.pending: list[Future[Any]] = []
        self.death: Exception | None = None
        self.put = FakeMethod(self, host.put)
        self.get = FakeMethod(self, host.get)

    def die(self, reason: str) -> None:
        """End as an actor does: calls that wait for it fail."""
        self.death = RuntimeError(f"The actor died unexpectedly before finishing this task.\n\n{reason}\n")
        for future in self.pending:
            settle(future, self.death)


class FakeActorClass:
    """The answer of ``ray.remote`` for a class: it makes actors in this process."""

    def __init__(self, ray: FakeRay, kind: Callable[[], Any]) -> None:
        self._ray = ray
        self._kind = kind

    def options(self, **options: Any) -> Self:
        self._ray.wanted.append(options)
        return self

    def remote(self, *arguments: Any) -> FakeActor:
        if self._ray.refusal:
            raise RuntimeError(self._ray.refusal)
        actor = FakeActor(self._kind(*arguments))
        self._ray.actors.append(actor)
        return actor


class FakeRay:
    """The library. ``deaf`` lets kills go nowhere; with a ``refusal`` no actor can be made."""

    def __init__(self, resources: Mapping[str, float] | None = None) -> None:
        self.resources = resources or {}
        self.actors: list[FakeActor] = []
        self.wanted: list[Mapping[str, Any]] = []
        self.killed: list[Actor] = []
        self.started: list[tuple[str, Mapping[str, Any]]] = []
        self.ended = False
        self.deaf = False
        self.refusal = ""

    def init(self, address: str, **options: Any) -> None:
        if self.refusal:
            raise ConnectionError(self.refusal)
        self.started.append((address, options))

    def shutdown(self) -> None:
        self.ended = True

    def remote(self, kind: Callable[..., Any]) -> FakeActorClass:
        return FakeActorClass(self, kind)

    def kill(self, actor: Actor) -> None:
        self.killed.append(actor)
        if isinstance(actor, FakeActor) and not self.deaf:
            actor.die("it was killed")

    def cluster_resources(self) -> Mapping[str, float]:
        return self.resources
