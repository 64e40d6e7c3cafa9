"""The parts of the engine that training uses: a model, text encoders, the job's progress and its control."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol

from pipelines.contract.control import JobControl
from pipelines.contract.options import GenerationOptions
from pipelines.contract.progress import Progress
from pipelines.contract.requests import CaptionRequest
from pipelines.contract.settings import EngineSettings

if TYPE_CHECKING:
    from pipelines.families.model import LoadedModel
    from pipelines.memory.budget import Budget
    from pipelines.text.embeddings.files import Embedding
    from pipelines.text.encoding.encoded import TextConditioner


class TrainingMemory(Protocol):
    """The memory of the engine's models, of which training reads the budget."""

    @property
    def budget(self) -> Budget: ...


class TrainingServices(Protocol):
    """The engine's shared parts that training uses."""

    @property
    def settings(self) -> EngineSettings: ...

    @property
    def residency(self) -> TrainingMemory: ...

    def load_checkpoint(
        self, path: str, options: GenerationOptions, warn: Callable[[str], None] = ..., /
    ) -> LoadedModel: ...

    def text_conditioner(
        self, model: LoadedModel, bundled: Sequence[Embedding], own: Sequence[Embedding] = ...
    ) -> TextConditioner: ...

    def interrogate(self, request: CaptionRequest) -> str: ...


class TrainingReporter(Protocol):
    """The progress of a job."""

    @property
    def state(self) -> Progress: ...

    def job(self, name: str, *, batches: int | None = None) -> None: ...

    def text(self, text: str | None) -> None: ...

    def stage(self, name: str) -> None: ...


class TrainingContext(Protocol):
    """Given to the generators of this room; the engine's ``WorkContext`` is one."""

    @property
    def services(self) -> TrainingServices: ...

    @property
    def control(self) -> JobControl: ...

    @property
    def reporter(self) -> TrainingReporter: ...
