"""Progress of the running job, interrupt and skip."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from pipelines.jobs.view import JobView
from sdapi.core.state import StateOf
from sdapi.dialects.a1111.progress import IDLE, overall, state_object, textinfo
from sdapi.dialects.a1111.schemas.progress import ProgressResponse
from sdapi.http.declared import CONTROLS
from sdapi.http.lax import Bool
from sdapi.http.responses import JsonResponse, encode_base64

router = APIRouter(prefix="/sdapi/v1")

TaskId = Annotated[str | None, Query(description="a task; without it, what runs now")]


@router.get("/progress", response_model=ProgressResponse)
async def progressapi(
    state: StateOf,
    skip_current_image: Annotated[Bool, Query()] = False,
    id: Annotated[str | None, Query()] = None,
    id_task: TaskId = None,
) -> JsonResponse:
    """Progress of the running job, or of the job of ``id_task`` (or ``id``)."""
    view = state.jobs.progress(id_task or id) or IDLE
    share, eta = overall(view)
    preview = view.progress.preview if view.active and not skip_current_image else None
    return JsonResponse(
        {
            "progress": share,
            "eta_relative": eta,
            "state": state_object(view),
            "current_image": encode_base64(preview) if preview else None,
            "textinfo": textinfo(view.progress) if view.active else None,
            **_figures(view),
        }
    )


def _figures(view: JobView) -> dict[str, object]:
    """The key for figures that the work measures, where it does; else A1111's own keys stay alone."""
    figures = dict(view.progress.figures) if view.active else {}
    return {"figures": figures} if figures else {}


@router.post("/interrupt", dependencies=[CONTROLS])
async def interruptapi(state: StateOf, id_task: TaskId = None) -> JsonResponse:
    """End the running job early, or the one of ``id_task``; what it has made is returned."""
    state.jobs.interrupt(id_task)
    return JsonResponse({})


@router.post("/skip", dependencies=[CONTROLS])
async def skip(state: StateOf, id_task: TaskId = None) -> JsonResponse:
    """End the running batch early, or that of ``id_task``."""
    state.jobs.skip(id_task)
    return JsonResponse(None)
