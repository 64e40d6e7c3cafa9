"""The interface of engines, as the process that hosts one uses it."""

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
        """Number of jobs that may advance together."""
        ...

    @property
    def batches(self) -> Mapping[int, int]:
        """Model calls by the number of jobs that each answered; read from another thread."""
        ...

    @property
    def resident(self) -> tuple[str, ...]:
        """Paths of the loaded checkpoints; read from another thread."""
        ...

    def start(
        self,
        job_id: str,
        request: EngineRequest,
        *,
        control: JobControl,
        on_progress: Callable[[Progress], None],
    ) -> EngineJob:
        """Begin a request; an error in it is the job's outcome, not raised."""
        ...

    def step(self) -> Sequence[EngineJob]:
        """Advance every job by a step, and return those that have ended."""
        ...

    def rest(self) -> float | None:
        """Unload what is due while no job runs; return the seconds until more is, None for never."""
        ...

    def memory(self) -> Mapping[str, Any]:
        """Memory of the device, as in A1111's ``cuda`` object; called from another thread."""
        ...

    def close(self) -> None:
        """Unload every model and free the device."""
        ...


EngineFactory: TypeAlias = Callable[[EngineSettings], EngineApi]


def find_engine(name: str) -> EngineFactory:
    """Import the class that ``module:class`` names. Raises ImportError or AttributeError."""
    module, _, attribute = name.partition(":")
    return cast("EngineFactory", getattr(import_module(module), attribute))
