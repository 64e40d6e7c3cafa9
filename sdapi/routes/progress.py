"""Progress of the running job, interrupt and skip."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from sdapi.images import encode_base64
from sdapi.progress import IDLE, overall, state_object
from sdapi.responses import JsonResponse
from sdapi.schemas.lax import Bool
from sdapi.schemas.progress import ProgressResponse
from sdapi.state import StateOf

router = APIRouter(prefix="/sdapi/v1")


@router.get("/progress", response_model=ProgressResponse)
async def progressapi(
    state: StateOf,
    skip_current_image: Annotated[Bool, Query()] = False,
    id: Annotated[str | None, Query()] = None,
) -> JsonResponse:
    """How far the running job is; with ``id``, how far that job is."""
    view = state.jobs.progress(id) or IDLE
    share, eta = overall(view)
    preview = view.progress.preview if view.active and not skip_current_image else None
    return JsonResponse(
        {
            "progress": share,
            "eta_relative": eta,
            "state": state_object(view),
            "current_image": encode_base64(preview) if preview else None,
            "textinfo": view.progress.text if view.active else None,
        }
    )


@router.post("/interrupt")
async def interruptapi(state: StateOf) -> JsonResponse:
    """End the running job early; what it has made is returned."""
    state.jobs.interrupt()
    return JsonResponse({})


@router.post("/skip")
async def skip(state: StateOf) -> JsonResponse:
    """End the running batch early."""
    state.jobs.skip()
    return JsonResponse(None)
