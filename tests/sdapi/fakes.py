"""Stand-ins for the queue and the catalog."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, cast

from PIL import Image

from pipelines.contract.errors import NotFound, SdapiError
from pipelines.contract.kinds import kind_of
from pipelines.contract.preprocessing import PreprocessRequest, PreprocessResult
from pipelines.contract.requests import (
    CaptionRequest,
    EngineRequest,
    ExtrasRequest,
    GenerationRequest,
    LoadCheckpointRequest,
)
from pipelines.contract.results import (
    CheckpointResult,
    EngineResult,
    ExtrasResult,
    GenerationResult,
    TextResult,
)
from pipelines.contract.training import (
    CreateEmbeddingRequest,
    CreateHypernetworkRequest,
    FileResult,
    TrainRequest,
    TrainResult,
)
from pipelines.hosts.view import EngineView
from pipelines.jobs.events import Events
from pipelines.jobs.sender import ANYBODY, Sender
from pipelines.jobs.view import JobView
from sdapi.core.services import CheckpointItem, EmbeddingRow, FileRow, LoraRow, UpscalerRow


def png(width: int = 8, height: int = 8, color: str = "red", mode: str = "RGB") -> bytes:
    """A small picture as PNG, in one colour."""
    buffer = io.BytesIO()
    Image.new(mode, (width, height), color).save(buffer, "PNG")
    return buffer.getvalue()


def answer(request: EngineRequest) -> EngineResult:
    """The result of an engine for a request, its pictures in one colour."""
    if isinstance(request, GenerationRequest):
        count = request.batch_size * request.batch_count
        return GenerationResult(
            images=tuple(png() for _ in range(count)),
            info={
                "prompt": request.prompt,
                "seed": request.seeds.seed,
                "infotexts": ["Grüße"],
                "odd": object(),
            },
            effective={"checkpoint": request.checkpoint},
        )
    if isinstance(request, ExtrasRequest):
        return ExtrasResult(images=request.images, postprocessing="a <b>")
    if isinstance(request, CaptionRequest):
        return TextResult(text="a red square")
    if isinstance(request, CreateEmbeddingRequest | CreateHypernetworkRequest):
        return FileResult(path=request.path)
    if isinstance(request, TrainRequest):
        return TrainResult(path=request.target.path, step=request.steps.steps)
    if isinstance(request, PreprocessRequest):
        return PreprocessResult(read=1, written=1)
    result = kind_of(request).result
    if "images" in {f.name for f in fields(result)}:
        return cast("Callable[..., EngineResult]", result)(images=getattr(request, "images", ()))
    checkpoint = request.checkpoint if isinstance(request, LoadCheckpointRequest) else ""
    return CheckpointResult(checkpoint=checkpoint)


@dataclass(slots=True)
class FakeHandle:
    """A job that is done at once."""

    id: str
    outcome: EngineResult | SdapiError

    async def result(self) -> EngineResult:
        """Return the outcome, or raise it if it is an error."""
        if isinstance(self.outcome, SdapiError):
            raise self.outcome
        return self.outcome


@dataclass(slots=True)
class FakeJobs:
    """Records what is asked of it."""

    submitted: list[tuple[str, EngineRequest]] = field(default_factory=list[tuple[str, EngineRequest]])
    calls: list[str] = field(default_factory=list[str])
    events: Events = field(default_factory=Events)
    senders: list[Sender] = field(default_factory=list[Sender])
    failure: SdapiError | None = None
    view: JobView | None = None
    waiting: Sequence[str] = ()
    ended: Sequence[str] = ()

    async def submit(self, request: EngineRequest, *, job_id: str, sender: Sender = ANYBODY) -> FakeHandle:
        """Note the request and its sender, and end the job at once."""
        self.submitted.append((job_id, request))
        self.senders.append(sender)
        return FakeHandle(job_id, self.failure or answer(request))

    @property
    def generation(self) -> GenerationRequest:
        """The last generation that was submitted."""
        found = [r for _, r in self.submitted if isinstance(r, GenerationRequest)]
        return found[-1]

    def progress(self, job_id: str | None = None) -> JobView | None:
        """The view that the test has set, if the id is its own or none is asked for."""
        return self.view if job_id is None or (self.view and self.view.id == job_id) else None

    def interrupt(self, job_id: str | None = None) -> None:
        """Note the call by its name."""
        self.calls.append("interrupt")

    def skip(self, job_id: str | None = None) -> None:
        """Note the call by its name."""
        self.calls.append("skip")

    def pending(self) -> Sequence[str]:
        """The ids that the test has set."""
        return self.waiting

    def finished(self) -> Sequence[str]:
        """The ids that the test has set."""
        return self.ended

    def jobs(self) -> Sequence[JobView]:
        """The set view, if any."""
        return (self.view,) if self.view else ()

    async def find(self, job_id: str) -> JobView:
        """The view that the test has set. Raises NotFound for other ids."""
        if self.view is None or self.view.id != job_id:
            raise NotFound(f"there is no job {job_id}", field="job_id")
        return self.view

    async def handle(self, job_id: str) -> FakeHandle:
        """A handle on a job that was submitted. Raises NotFound for other ids."""
        found = [r for i, r in self.submitted if i == job_id]
        if not found:
            raise NotFound(f"there is no job {job_id}", field="job_id")
        return FakeHandle(job_id, self.failure or answer(found[-1]))

    async def cancel(self, job_id: str) -> bool:
        """Note the call by its name."""
        await self.find(job_id)
        self.calls.append(f"cancel {job_id}")
        return True

    async def forget(self, job_id: str) -> bool:
        """Note the call by its name."""
        self.calls.append(f"forget {job_id}")
        return self.view is not None and self.view.state.final

    def running(self) -> Sequence[str]:
        """The set view, if it is active."""
        return [self.view.id] if self.view and self.view.active else []

    def engines(self) -> Sequence[EngineView]:
        """One engine that is ready."""
        memory = {"system": {"free": 3, "used": 1, "total": 4}}
        batches = {1: 7, 3: 2}
        figures = EngineView(number=0, device="cuda:0", ready=True, jobs=1, restarts=2, rss=5, memory=memory)
        return [replace(figures, batches=batches)]

    def ready(self) -> bool:
        """True: there is an engine at any time."""
        return True

    async def memory(self) -> Mapping[str, Any]:
        """The error of a server without a device."""
        return {"error": "unavailable"}


def checkpoint(stem: str, digest: str) -> CheckpointItem:
    """A row of the catalog."""
    return CheckpointItem(
        title=f"{stem}.safetensors [{digest[:10]}]",
        model_name=stem,
        hash=digest[:10],
        sha256=digest,
        filename=f"/models/{stem}.safetensors",
    )


TINY = checkpoint("tiny-sd1", "51e88316d5" + "0" * 54)
OTHER = checkpoint("tiny-sd1-b", "b5707921c5" + "1" * 54)


@dataclass(slots=True)
class FakeCatalog:
    """Two checkpoints, one upscaler."""

    items: Sequence[CheckpointItem] = (OTHER, TINY)
    refreshed: int = 0

    def checkpoints(self) -> Sequence[CheckpointItem]:
        """All checkpoints."""
        return self.items

    def find_checkpoint(self, name: str) -> CheckpointItem | None:
        """By any exact name."""
        for item in self.items:
            names = (item.title, item.model_name, f"{item.model_name}.safetensors", item.hash, item.sha256)
            if name in (*names, item.filename):
                return item
        return None

    def match_checkpoint(self, name: str) -> CheckpointItem | None:
        """By part of a title."""
        return self.find_checkpoint(name) or next((c for c in self.items if name in c.title), None)

    def vaes(self) -> Sequence[FileRow]:
        """One VAE, by its file's name."""
        return (FileRow(name="tiny-vae-b.safetensors", path="/models/VAE/tiny-vae-b.safetensors"),)

    def hypernetworks(self) -> Sequence[FileRow]:
        """One hypernetwork, by its stem."""
        return (FileRow(name="tinyhn", path="/models/hypernetworks/tinyhn.pt"),)

    def loras(self) -> Sequence[LoraRow]:
        """One LoRA whose alias is its name."""
        return (LoraRow(name="tiny", alias="tiny", path="/models/Lora/tiny.safetensors"),)

    def lora_name(self, name: str, short_hash: str) -> str | None:
        """The one LoRA by its hash."""
        return "tiny" if short_hash == "0123456789ab" else None

    def embeddings(self, checkpoint: str | None) -> tuple[Sequence[EmbeddingRow], Sequence[EmbeddingRow]]:
        """One that fits, one that doesn't."""
        if checkpoint is None:
            return (), ()
        fits = EmbeddingRow(name="tinyti", shape=64, vectors=1)
        return (fits,), (EmbeddingRow(name="tinyxl", shape=128, vectors=2),)

    def upscalers(self) -> Sequence[UpscalerRow]:
        """Four upscalers that A1111 lists without files."""
        return tuple(UpscalerRow(name=name) for name in ("None", "Lanczos", "Nearest", "R-ESRGAN 4x+"))

    def find_upscaler(self, name: str) -> UpscalerRow | None:
        """An upscaler by its name in any letter case."""
        return next((item for item in self.upscalers() if item.name.lower() == name.lower()), None)

    def refresh(self) -> None:
        """Count the call."""
        self.refreshed += 1
