"""The surroundings of work: the engine's shared parts, the job's flags and its progress."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.contract.control import JobControl
from pipelines.generation.reporter import Reporter

if TYPE_CHECKING:
    from pipelines.generation.services import Services


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkContext:
    """The argument, next to its request, of the generator of every kind of work."""

    services: Services
    control: JobControl
    reporter: Reporter
