"""What work is given with its request: the engine's shared parts, the job's flags and its progress."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.contract.control import JobControl
from pipelines.generation.reporter import Reporter

if TYPE_CHECKING:
    from pipelines.generation.services import Services


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkContext:
    """Given to the generator of every kind of work."""

    services: Services
    control: JobControl
    reporter: Reporter
