"""Queue a request and wait for the kind of result it must have."""

from __future__ import annotations

from typing import TypeVar

from pipelines.request import CheckpointResult, EngineRequest, ExtrasResult, GenerationResult, TextResult
from sdapi.state import State

R = TypeVar("R", GenerationResult, ExtrasResult, TextResult, CheckpointResult)


async def submit_and_wait(
    state: State, request: EngineRequest, kind: type[R], *, job_id: str
) -> tuple[str, R]:
    """The id that the job got, and its result. Raises what the job failed with."""
    handle = await state.jobs.submit(request, job_id=job_id)
    result = await handle.result()
    if not isinstance(result, kind):
        raise TypeError(f"job {handle.id} ended with a {type(result).__name__}, not a {kind.__name__}")
    return handle.id, result
