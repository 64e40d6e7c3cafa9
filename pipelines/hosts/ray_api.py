"""The parts of Ray that are used, as types: the library is an optional extra and never imported by itself."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future
from importlib import import_module
from typing import Any, Protocol, cast


class Answer(Protocol):
    """The reference that a remote call returns at once."""

    def future(self) -> Future[Any]: ...


class Method(Protocol):
    """A method of an actor."""

    def remote(self, *arguments: Any) -> Answer: ...


class Actor(Protocol):
    """A handle on an `ActorHost` that lives on some node, or will."""

    @property
    def put(self) -> Method: ...

    @property
    def get(self) -> Method: ...


class ActorClass(Protocol):
    """A class whose objects are actors."""

    def options(self, **options: Any) -> ActorClass: ...

    def remote(self, *arguments: Any) -> Actor: ...


class Ray(Protocol):
    """The functions of the module `ray` that are used."""

    def init(self, address: str, **options: Any) -> Any: ...

    def shutdown(self) -> None: ...

    def remote(self, kind: type) -> ActorClass: ...

    def kill(self, actor: Actor) -> None: ...

    def cluster_resources(self) -> Mapping[str, float]: ...


def import_ray() -> Ray:
    """Import Ray. Raises ModuleNotFoundError without the extra."""
    return cast("Ray", import_module("ray"))
