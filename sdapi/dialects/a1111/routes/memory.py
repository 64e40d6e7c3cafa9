"""Memory figures, and moving checkpoints out of and into the device's memory."""

from __future__ import annotations

from typing import Any

import psutil
from fastapi import APIRouter
from starlette.responses import Response

from pipelines.contract.errors import MissingWeights
from pipelines.contract.requests import UnloadRequest
from pipelines.contract.results import CheckpointResult
from sdapi.core.state import StateOf
from sdapi.dialects.a1111.ids import task_id
from sdapi.dialects.a1111.routes.options import load_checkpoint
from sdapi.dialects.a1111.schemas.listings import MemoryResponse
from sdapi.http import answers
from sdapi.http.responses import JsonResponse
from sdapi.intent.checkpoints import current_checkpoint
from sdapi.jobs.accepted import Accepted
from sdapi.jobs.submit import submit_and_wait

router = APIRouter(prefix="/sdapi/v1")


@router.get("/memory", response_model=MemoryResponse)
async def get_memory(state: StateOf) -> JsonResponse:
    """Bytes of main memory and of the device."""
    return JsonResponse({"ram": ram(), "cuda": dict(await state.jobs.memory())})


def ram() -> dict[str, Any]:
    """The server's resident size, and the machine's total as the original derives it."""
    try:
        process = psutil.Process()
        used = process.memory_info().rss
        total = 100 * used / process.memory_percent()
    except (psutil.Error, OSError, ZeroDivisionError) as error:
        return {"error": str(error)}
    return {"free": total - used, "used": used, "total": total}


@router.post("/unload-checkpoint", responses=answers.QUEUED)
async def unloadapi(state: StateOf) -> Response:
    """Free the device's memory, at the end of the job that runs; the next generation loads what it needs."""
    if state.jobs.running():
        await state.jobs.submit(UnloadRequest(), job_id=task_id("unload"))
        return JsonResponse({"warnings": ["a job runs: memory is freed when it ends, before the next"]})
    freed = await submit_and_wait(state, UnloadRequest(), CheckpointResult, job_id=task_id("unload"))
    return freed if isinstance(freed, Accepted) else JsonResponse({})


@router.post("/reload-checkpoint", responses=answers.QUEUED)
async def reloadapi(state: StateOf) -> Response:
    """Load the selected checkpoint."""
    checkpoint = current_checkpoint(state.store, state.catalog)
    if checkpoint is None:
        raise MissingWeights("No checkpoints found", field="sd_model_checkpoint")
    loaded = await load_checkpoint(state, checkpoint)
    return loaded if isinstance(loaded, Accepted) else JsonResponse({})
