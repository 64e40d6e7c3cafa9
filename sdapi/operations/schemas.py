"""What probes are answered."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel


class Alive(BaseModel):
    """The server answers."""

    status: Literal["live"]


class EngineItem(BaseModel):
    """An engine: whether it takes jobs, and how often its process died."""

    engine: int
    device: str
    node: str
    ready: bool
    restarts: int


class Readiness(BaseModel):
    """Whether an engine takes jobs."""

    status: Literal["ready", "not ready"]
    engines: list[EngineItem]
