"""What an engine's process asks of an engine."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Any, Protocol, TypeAlias, cast

from pipelines.contract.control import JobControl
from pipelines.contract.errors import SdapiError
from pipelines.contract.progress import Progress
from pipelines.contract.requests import EngineRequest
from pipelines.contract.results import EngineResult
from pipelines.contract.settings import EngineSettings


class EngineJob(Protocol):
    """A job that an engine has begun. ``outcome`` is None until it ends."""

    @property
    def id(self) -> str: ...

    @property
    def outcome(self) -> EngineResult | SdapiError | None: ...


class EngineApi(Protocol):
    """Advances jobs on one device, all from one thread; it goes on after an error in a job."""

    @property
    def capacity(self) -> int:
        """How many jobs may advance together."""
        ...

    @property
    def batches(self) -> Mapping[int, int]:
        """How many model calls answered how many jobs at once; read from another thread."""
        ...

    @property
    def resident(self) -> tuple[str, ...]:
        """The checkpoint files that are loaded; read from another thread."""
        ...

    def start(
        self,
        job_id: str,
        request: EngineRequest,
        *,
        control: JobControl,
        on_progress: Callable[[Progress], None],
    ) -> EngineJob:
        """Begin a request. What goes wrong is its outcome."""
        ...

    def step(self) -> Sequence[EngineJob]:
        """Advance every job by a step, and answer those that have ended."""
        ...

    def rest(self) -> float | None:
        """Called when no job runs: unload what is due; the seconds until more will be, None for never."""
        ...

    def memory(self) -> Mapping[str, Any]:
        """Memory of the device, as in A1111's ``cuda`` object; called from another thread."""
        ...

    def close(self) -> None:
        """Free everything."""
        ...


EngineFactory: TypeAlias = Callable[[EngineSettings], EngineApi]


def find_engine(name: str) -> EngineFactory:
    """The class that ``module:class`` names. Raises ImportError or AttributeError."""
    module, _, attribute = name.partition(":")
    return cast("EngineFactory", getattr(import_module(module), attribute))
