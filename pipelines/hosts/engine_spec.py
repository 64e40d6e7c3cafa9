"""The description of one engine of a server: its class, its host, and the patience with both."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.contract.settings import EngineSettings
from pipelines.hosts.link import Opener
from pipelines.hosts.process_link import open_process

ENGINE = "pipelines.engine.engine:Engine"


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineSpec:
    """An engine's settings and class, the opener of its host, and waiting times in seconds."""

    settings: EngineSettings
    engine: str = ENGINE
    open: Opener = open_process
    silence: float = 60.0
    """Time without a message after which a host is killed."""
    pause_first: float = 0.1
    """Wait after a failed start; doubled with each further one, up to ``pause_most``."""
    pause_most: float = 30.0
