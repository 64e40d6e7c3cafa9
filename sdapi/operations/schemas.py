"""Bodies of the answers to probes."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel


class Alive(BaseModel):
    """The answer of a server that lives."""

    status: Literal["live"]


class EngineItem(BaseModel):
    """An engine: whether it takes jobs, and how often its process died."""

    engine: int
    device: str
    node: str
    ready: bool
    restarts: int


class Readiness(BaseModel):
    """The engines, and ``ready`` if one of them takes jobs."""

    status: Literal["ready", "not ready"]
    engines: list[EngineItem]
