"""Which engine a server runs, and how patient it is with the engine's process."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.settings import EngineSettings

ENGINE = "pipelines.engine:Engine"


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineSpec:
    """What engine to run, and how patient to be. Times in seconds."""

    settings: EngineSettings
    engine: str = ENGINE
    silence: float = 60.0
    """A process that says nothing for so long is killed."""
    pause_first: float = 0.1
    """Wait before the second start in a row that fails; doubled each time."""
    pause_most: float = 30.0
