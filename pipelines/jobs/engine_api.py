"""What an engine's process asks of an engine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any, Protocol, TypeAlias, cast

from pipelines.jobs.control import JobControl
from pipelines.request import EngineRequest, EngineResult, Progress
from pipelines.settings import EngineSettings


class Engine(Protocol):
    """Runs jobs on one device; it goes on after an error in a job."""

    def run(
        self, request: EngineRequest, *, control: JobControl, on_progress: Callable[[Progress], None]
    ) -> EngineResult:
        """Carry out one request in the calling thread. May raise anything."""
        ...

    def memory(self) -> Mapping[str, Any]:
        """Memory of the device, as in A1111's ``cuda`` object; called from another thread."""
        ...

    def close(self) -> None:
        """Free everything."""
        ...


EngineFactory: TypeAlias = Callable[[EngineSettings], Engine]


def find_engine(name: str) -> EngineFactory:
    """The class that ``module:class`` names. Raises ImportError or AttributeError."""
    module, _, attribute = name.partition(":")
    return cast("EngineFactory", getattr(import_module(module), attribute))
