"""The ``/internal`` routes of UI servers: liveness, progress by task, start-up times."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from pipelines.jobs.view import JobView
from sdapi.core.state import State, StateOf
from sdapi.dialects.a1111.progress import textinfo
from sdapi.dialects.a1111.schemas.progress import InternalProgressRequest, InternalProgressResponse
from sdapi.http.declared import CONTROLS
from sdapi.http.responses import JsonResponse, encode_base64
from sdapi.jobs.progress import estimate
from sdapi.options.table import Option

router = APIRouter(prefix="/internal")


@router.get("/ping")
async def ping() -> JsonResponse:
    """Answer that the server lives."""
    return JsonResponse({})


@router.get("/pending-tasks")
async def get_pending_tasks(state: StateOf) -> JsonResponse:
    """Tasks that wait, in queue order."""
    tasks = list(state.jobs.pending())
    return JsonResponse({"size": len(tasks), "tasks": tasks})


@router.get("/profile-startup")
async def profile_startup(state: StateOf) -> JsonResponse:
    """Seconds that parts of the start took."""
    records = dict(state.startup)
    return JsonResponse({"total": sum(records.values()), "records": records})


@router.get("/quicksettings-hint")
async def quicksettings_hint(state: StateOf) -> JsonResponse:
    """Every option with a label."""
    return JsonResponse([{"name": o.key, "label": _label(o)} for o in state.store.table.values()])


def _label(option: Option) -> str:
    """Its infotext label, else its key in words."""
    return option.label or option.key.replace("_", " ").strip().capitalize()


@router.post("/progress", response_model=InternalProgressResponse, dependencies=[CONTROLS])
async def internal_progress(req: InternalProgressRequest, state: StateOf) -> JsonResponse:
    """Progress of one task; a preview only if the client doesn't have it yet."""
    view = state.jobs.progress(req.id_task) if req.id_task else None
    if view is None or not view.active:
        return JsonResponse(_waiting(req, state))
    share, eta = estimate(view)
    preview, preview_id = _preview(req, view, state)
    return JsonResponse(
        {
            "active": True,
            "queued": False,
            "completed": False,
            "progress": share,
            "eta": eta,
            "live_preview": preview,
            "id_live_preview": preview_id,
            "textinfo": textinfo(view.progress),
        }
    )


def _waiting(req: InternalProgressRequest, state: State) -> dict[str, Any]:
    pending = list(state.jobs.pending())
    queued = req.id_task in pending
    place = f"In queue: {pending.index(req.id_task) + 1}/{len(pending)}" if req.id_task in pending else ""
    return {
        "active": False,
        "queued": queued,
        "completed": req.id_task in state.jobs.finished(),
        "progress": None,
        "eta": None,
        "live_preview": None,
        "id_live_preview": -1,
        "textinfo": place or "Waiting...",
    }


def _preview(req: InternalProgressRequest, view: JobView, state: State) -> tuple[str | None, int | None]:
    progress = view.progress
    if not req.live_preview or progress.preview is None or progress.preview_id == req.id_live_preview:
        return None, req.id_live_preview
    kind = str(state.store.get("live_previews_image_format"))
    return f"data:image/{kind};base64,{encode_base64(progress.preview)}", progress.preview_id
