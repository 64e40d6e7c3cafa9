"""An engine without a model, whose behaviour the prompt chooses: for tests that run real processes."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from typing import Any

from pipelines.contract.control import JobControl
from pipelines.contract.errors import InvalidRequest, OutOfMemory, SdapiError
from pipelines.contract.kinds import kind_of
from pipelines.contract.progress import Progress
from pipelines.contract.requests import EngineRequest, GenerationRequest, LoadCheckpointRequest
from pipelines.contract.results import CheckpointResult, EngineResult, GenerationResult
from pipelines.contract.settings import EngineSettings

STEP = 0.01

Work = Generator[None, None, EngineResult]


@dataclass(slots=True, eq=False)
class FakeJob:
    """A job between two steps."""

    id: str
    work: Work
    outcome: EngineResult | SdapiError | None = None


class FakeEngine:
    """A step of all jobs together takes 10 ms; a prompt may be crash, oom, invalid, bug, deaf or any."""

    def __init__(self, settings: EngineSettings) -> None:
        if settings.device == "missing":
            raise RuntimeError("there is no such device")
        self.device = settings.device
        self.capacity = settings.concurrent_jobs or 1
        self.jobs: list[FakeJob] = []
        self.batches: Counter[int] = Counter()
        self.resident: tuple[str, ...] = ()

    def start(
        self,
        job_id: str,
        request: EngineRequest,
        *,
        control: JobControl,
        on_progress: Callable[[Progress], None],
    ) -> FakeJob:
        """Begin a job that does as its prompt says."""
        job = FakeJob(job_id, self.work(request, control, on_progress))
        self.jobs.append(job)
        return job

    def step(self) -> list[FakeJob]:
        """Advance every job by a step and return those that have ended."""
        time.sleep(STEP)
        self.batches[len(self.jobs)] += 1
        for job in self.jobs:
            advance(job)
        ended = [job for job in self.jobs if job.outcome is not None]
        self.jobs = [job for job in self.jobs if job.outcome is None]
        return ended

    def rest(self) -> float | None:
        """Return None: nothing is ever due to be unloaded."""
        return None

    def work(
        self, request: EngineRequest, control: JobControl, on_progress: Callable[[Progress], None]
    ) -> Work:
        """Do as the request says; ``batch_group`` in the answer is the most others that ran with it."""
        self.resident = tuple(filter(None, [kind_of(request).checkpoint_of(request)]))
        if isinstance(request, LoadCheckpointRequest):
            return CheckpointResult(checkpoint=request.checkpoint)
        if not isinstance(request, GenerationRequest):
            return CheckpointResult(checkpoint="")
        if request.prompt == "deaf":
            on_progress(progress_of(request, 0, 0))  # so that tests know that it is deaf now
        misbehave(request.prompt)
        images: list[bytes] = []
        batch_group = 0
        for batch in range(request.batch_count):
            control.begin_batch()
            done = 0
            while done < request.steps and not control.stop_requested():
                on_progress(progress_of(request, batch, done))
                yield
                done += 1
                batch_group = max(batch_group, len(self.jobs) - 1)
            on_progress(progress_of(request, batch, done))
            images.append(b"%d:%d:%d" % (request.seeds.seed, batch, done))
            if control.end_requested():
                break
        info = {"prompt": request.prompt, "device": self.device, "batch_group": batch_group}
        return GenerationResult(images=tuple(images), info=info)

    def memory(self) -> Mapping[str, Any]:
        """A figure that tests can recognise."""
        return {"device": self.device}

    def close(self) -> None:
        """Do nothing, as nothing is loaded."""


def advance(job: FakeJob) -> None:
    """Run a job to its next step or its end."""
    try:
        next(job.work)
    except StopIteration as end:
        job.outcome = end.value
    except SdapiError as error:
        job.outcome = error
    except MemoryError as error:
        job.outcome = OutOfMemory(f"the device ran out of memory: {error}")
    except Exception as error:
        job.outcome = SdapiError(f"{type(error).__name__}: {error}")
        job.outcome.__cause__ = error


def progress_of(request: GenerationRequest, batch: int, step: int) -> Progress:
    """Return the progress of a request after some steps of a batch."""
    return Progress(job="fake", batch=batch, batch_count=request.batch_count, step=step, steps=request.steps)


def misbehave(prompt: str) -> None:
    """Fail in the way that is asked for."""
    match prompt:
        case "crash":
            os._exit(9)
        case "oom":
            raise MemoryError("no memory is left")
        case "invalid":
            raise InvalidRequest("this can't be done", field="prompt")
        case "bug":
            raise KeyError("surprise")
        case "deaf":
            time.sleep(3600)
        case "fatal":
            raise RuntimeError("CUDA error: an illegal memory access was encountered")
        case _:
            print("what an engine prints goes elsewhere")
