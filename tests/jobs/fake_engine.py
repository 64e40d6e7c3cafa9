"""An engine without a model, whose behaviour the prompt chooses: for tests that run real processes."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from typing import Any

from pipelines.errors import InvalidRequest
from pipelines.jobs.control import JobControl
from pipelines.request import (
    CheckpointResult,
    EngineRequest,
    EngineResult,
    GenerationRequest,
    GenerationResult,
    LoadCheckpointRequest,
    Progress,
)
from pipelines.settings import EngineSettings

STEP = 0.01


class FakeEngine:
    """Takes ``steps`` steps of 10 ms; the prompt may be crash, oom, invalid, bug, or anything."""

    def __init__(self, settings: EngineSettings) -> None:
        if settings.device == "missing":
            raise RuntimeError("there is no such device")
        self.device = settings.device

    def run(
        self, request: EngineRequest, *, control: JobControl, on_progress: Callable[[Progress], None]
    ) -> EngineResult:
        """Do as the prompt says."""
        if isinstance(request, LoadCheckpointRequest):
            return CheckpointResult(checkpoint=request.checkpoint)
        assert isinstance(request, GenerationRequest)
        misbehave(request.prompt)
        images: list[bytes] = []
        for batch in range(request.batch_count):
            control.begin_batch()
            done = run_steps(request, batch, control, on_progress)
            images.append(b"%d:%d:%d" % (request.seeds.seed, batch, done))
            if control.end_requested():
                break
        return GenerationResult(images=tuple(images), info={"prompt": request.prompt, "pid": os.getpid()})

    def memory(self) -> Mapping[str, Any]:
        """A figure that tests can recognise."""
        return {"device": self.device}

    def close(self) -> None:
        """Nothing is held."""


def run_steps(
    request: GenerationRequest, batch: int, control: JobControl, on_progress: Callable[[Progress], None]
) -> int:
    """Sleep through the steps and return how many were done."""
    for step in range(request.steps):
        on_progress(
            Progress(job="fake", batch=batch, batch_count=request.batch_count, step=step, steps=request.steps)
        )
        if control.stop_requested():
            return step
        time.sleep(STEP)
    last = Progress(
        job="fake", batch=batch, batch_count=request.batch_count, step=request.steps, steps=request.steps
    )
    on_progress(last)
    return request.steps


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
        case "fatal":
            raise RuntimeError("CUDA error: an illegal memory access was encountered")
        case _:
            print("what an engine prints goes elsewhere")
