"""Which engine a server runs, where it lives, and how patient the server is with it."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.contract.settings import EngineSettings
from pipelines.hosts.link import Opener
from pipelines.hosts.process_link import open_process

ENGINE = "pipelines.engine.engine:Engine"


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineSpec:
    """What engine to run, in what host, and how patient to be. Times in seconds."""

    settings: EngineSettings
    engine: str = ENGINE
    open: Opener = open_process
    silence: float = 60.0
    """A host that says nothing for so long is killed."""
    pause_first: float = 0.1
    """Wait before the second start in a row that fails; doubled each time."""
    pause_most: float = 30.0
