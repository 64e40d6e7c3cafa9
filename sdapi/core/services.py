"""The seams between the HTTP layer and the rest of the system: protocols, rows, and ``Backend`` with both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from pipelines.contract.requests import EngineRequest
from pipelines.contract.results import EngineResult
from pipelines.hosts.view import EngineView
from pipelines.jobs.events import Events
from pipelines.jobs.sender import ANYBODY, Sender
from pipelines.jobs.view import JobView


class JobHandle(Protocol):
    """A handle on a submitted job."""

    @property
    def id(self) -> str: ...

    async def result(self) -> EngineResult:
        """Wait for the end. Raises the error that the job failed with, an ``SdapiError`` where it can."""
        ...


class Jobs(Protocol):
    """The queue and the engines behind it. No call waits for a job; ``JobHandle.result`` does."""

    @property
    def events(self) -> Events:
        """The events of all jobs, to subscribe to."""
        ...

    async def submit(self, request: EngineRequest, *, job_id: str, sender: Sender = ANYBODY) -> JobHandle:
        """Queue a request; a ``job_id`` that is in use for another request is made unique."""
        ...

    def progress(self, job_id: str | None = None) -> JobView | None:
        """The named job, or the one that runs (or ran last); None if there is none."""
        ...

    def interrupt(self, job_id: str | None = None) -> None:
        """End the running job early and keep what it has; nothing happens when idle."""
        ...

    def skip(self, job_id: str | None = None) -> None:
        """End the running batch early."""
        ...

    def pending(self) -> Sequence[str]:
        """Ids of the jobs that wait, in queue order."""
        ...

    def finished(self) -> Sequence[str]:
        """The last ids that ended, newest last."""
        ...

    def jobs(self) -> Sequence[JobView]:
        """Running jobs, waiting jobs in queue order, then those that ended, newest first."""
        ...

    async def find(self, job_id: str) -> JobView:
        """A job of any age that is still kept. Raises NotFound."""
        ...

    async def handle(self, job_id: str) -> JobHandle:
        """A handle on a job that was submitted before. Raises NotFound."""
        ...

    async def cancel(self, job_id: str) -> bool:
        """Give up exactly this job; False if it has ended. Raises NotFound."""
        ...

    async def forget(self, job_id: str) -> bool:
        """Forget a job that has ended, with its result; False for one that hasn't, or isn't there."""
        ...

    def running(self) -> Sequence[str]:
        """Ids of the jobs that run."""
        ...

    def engines(self) -> Sequence[EngineView]:
        """Views of all engines."""
        ...

    def ready(self) -> bool:
        """True if an engine takes jobs."""
        ...

    async def memory(self) -> Mapping[str, Any]:
        """Device memory in the form of A1111's ``cuda`` object, or ``{"error": text}``."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckpointItem:
    """A row of ``/sdapi/v1/sd-models``."""

    title: str
    model_name: str
    hash: str | None
    sha256: str | None
    filename: str
    config: str | None = None
    damaged: str | None = None
    """The fault of the file, where it shows without loading it; None if whole. So too in other rows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRow:
    """A VAE by the name of its file, or a hypernetwork by its stem."""

    name: str
    path: str
    damaged: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LoraRow:
    """A row of ``/sdapi/v1/loras``."""

    name: str
    alias: str
    path: str
    metadata: Mapping[str, Any] = field(default_factory=dict[str, Any])
    damaged: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddingRow:
    """A textual inversion embedding: vector length and count of vectors."""

    name: str
    shape: int
    vectors: int
    step: int | None = None
    sd_checkpoint: str | None = None
    sd_checkpoint_name: str | None = None
    damaged: str | None = None
    path: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class UpscalerRow:
    """A row of ``/sdapi/v1/upscalers``."""

    name: str
    model_name: str | None = None
    model_path: str | None = None
    model_url: str | None = None
    scale: float | None = 4.0
    missing: str = ""
    """The reason why it can't be used, and the remedy; empty if it can."""
    damaged: str | None = None


class Catalog(Protocol):
    """The weight files on disk. Listings are snapshots and return in milliseconds."""

    def checkpoints(self) -> Sequence[CheckpointItem]: ...

    def find_checkpoint(self, name: str) -> CheckpointItem | None:
        """Find it by an exact alias: title with or without hash, model_name, file name or stem, hashes."""
        ...

    def match_checkpoint(self, name: str) -> CheckpointItem | None:
        """Find it by alias, else by the shortest title that contains the text."""
        ...

    def vaes(self) -> Sequence[FileRow]: ...

    def hypernetworks(self) -> Sequence[FileRow]: ...

    def loras(self) -> Sequence[LoraRow]: ...

    def lora_name(self, name: str, short_hash: str) -> str | None:
        """The name here of the LoRA with this hash, None without one; may hash files."""
        ...

    def embeddings(self, checkpoint: str | None) -> tuple[Sequence[EmbeddingRow], Sequence[EmbeddingRow]]:
        """``(loaded, skipped)`` for a checkpoint file; both empty without one."""
        ...

    def upscalers(self) -> Sequence[UpscalerRow]: ...

    def find_upscaler(self, name: str) -> UpscalerRow | None:
        """Find it by its name in any letter case, also if its file came since the listing."""
        ...

    def refresh(self) -> None:
        """Read the folders again."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Backend:
    """Everything that routes reach, built once at the start."""

    jobs: Jobs
    catalog: Catalog
    outputs: tuple[Path, ...] = ()
    """Folders whose pictures ``/file=`` may serve."""
