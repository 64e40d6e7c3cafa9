"""Jobs by their ids: poll, list, stop."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

from anyio.to_thread import run_sync
from fastapi import APIRouter, Query, Request

from extensions.fooocus.bodies.reading import read_fields
from extensions.fooocus.job_words import is_ours
from extensions.fooocus.kinds import FooocusResult
from extensions.fooocus.routes.answers import (
    Acknowledgement,
    AsyncJob,
    JobHistory,
    QueueSizes,
    StopResult,
    history_item,
    job_object,
    picture_items,
    unknown_job,
)
from extensions.fooocus.routes.dialect import FIELDS, FOOOCUS
from extensions.fooocus.routes.formats import as_format
from pipelines.plugin import Forbidden, JobState, JobView, NotFound
from sdapi.plugin import CONTROLS, READS, JsonResponse, Role, State, StateOf, encode_base64, speaks, to_bool

router = APIRouter(prefix="/v1/generation", dependencies=[speaks(FOOOCUS)])
engines = APIRouter(prefix="/v1/engines", dependencies=[speaks(FOOOCUS)])
PREVIEWS = ("require_step_preview", "require_step_preivew")
"""The parameter, and how the first releases spelled it."""
UNKNOWN: dict[int | str, dict[str, Any]] = {404: {"model": AsyncJob}}
PAGE = 20
Asked = Annotated[bool, Query()]
Misspelled = Annotated[bool, Query(alias=PREVIEWS[1], include_in_schema=False)]


@router.get("/query-job", response_model=AsyncJob, responses=UNKNOWN)
async def query_job(
    state: StateOf, job_id: str, require_step_preview: Asked = False, former: Misspelled = False
) -> JsonResponse:
    """A job as it is now."""
    return await _job(job_id, state, preview=require_step_preview or former)


@router.post(
    "/query-job", response_model=AsyncJob, responses=UNKNOWN, dependencies=[READS], include_in_schema=False
)
async def post_query_job(request: Request, state: StateOf) -> JsonResponse:
    """The same, asked with a body."""
    fields = await read_fields(request)
    preview = any(_is_true(fields.get(name)) for name in PREVIEWS)
    return await _job(str(fields.get("job_id") or ""), state, preview=preview)


async def _job(job_id: str, state: State, *, preview: bool) -> JsonResponse:
    try:
        view = await state.jobs.find(job_id)
    except NotFound:
        return JsonResponse(unknown_job(), 404)
    if not is_ours(view):
        return JsonResponse(unknown_job(), 404)
    shown = await run_sync(preview_of, view) if preview and view.state is JobState.RUNNING else None
    items, warnings = None, list[str]()
    if view.state is JobState.DONE:
        result = await (await state.jobs.handle(view.id)).result()
        assert isinstance(result, FooocusResult)
        warnings = [*map(FIELDS.of, result.warnings)]
        items = picture_items(result)
    return JsonResponse(job_object(view, items, shown, warnings))


def _is_true(value: object) -> bool:
    try:
        return value is not None and to_bool(value)
    except ValueError:
        return False


def preview_of(view: JobView) -> str | None:
    """The latest step as PNG in base64, without a data URL's prefix."""
    data = view.progress.preview
    return None if data is None else encode_base64(as_format(data, "png"))


@router.get("/job-queue", response_model=QueueSizes)
@engines.get("/job-queue", response_model=QueueSizes)
async def job_queue(state: StateOf) -> JsonResponse:
    """Count the jobs that wait or run, and those that ended."""
    views = our_jobs(state)
    last = max(views, key=lambda view: view.created, default=None)
    return JsonResponse(
        {
            "running_size": sum(not view.state.final for view in views),
            "finished_size": sum(view.state.final for view in views),
            "last_job_id": None if last is None else last.id,
        }
    )


@router.get("/job-history", response_model=JobHistory | Acknowledgement)
async def job_history(
    state: StateOf, job_id: str = "", page: int = 0, page_size: int = PAGE, delete: bool = False
) -> JsonResponse:
    """Jobs that wait or run, and those that ended, a page of them; or forget one with its pictures."""
    if delete:
        return JsonResponse({"message": "Deleted" if await _forgotten(job_id, state) else "Not found"})
    views = [view for view in our_jobs(state) if job_id in ("", view.id)]
    ended = [view for view in views if view.state.final]
    size = min(max(page_size, 0), 1000)
    start = max(page, 0) * size
    return JsonResponse(
        {
            "queue": [history_item(view) for view in views if not view.state.final],
            "history": [history_item(view) for view in ended[start : start + size]],
        }
    )


async def _forgotten(job_id: str, state: State) -> bool:
    """Forget an ended job and delete its pictures; False if there is none. Raises Forbidden for readers."""
    if not state.caller.role.covers(Role.USER):
        raise Forbidden(f"the key's role {state.caller.role} may not delete", field="delete")
    try:
        view = await state.jobs.find(job_id)
    except NotFound:
        return False
    if not is_ours(view) or not view.state.final:
        return False
    files: tuple[str, ...] = ()
    if view.state is JobState.DONE:
        result = await (await state.jobs.handle(job_id)).result()
        files = result.files if isinstance(result, FooocusResult) else ()
    forgotten = await state.jobs.forget(job_id)
    await run_sync(_delete, files)
    return forgotten


def _delete(files: Sequence[str]) -> None:
    for file in files:
        Path(file).unlink(missing_ok=True)


@router.post("/stop", response_model=StopResult, dependencies=[CONTROLS])
async def stop(request: Request, state: StateOf) -> JsonResponse:
    """End the running job of this API early, or that of ``job_id``; what waits goes on."""
    fields = {**await read_fields(request), **request.query_params}
    wanted = str(fields.get("job_id") or "")
    for job_id in state.jobs.running():
        view = state.jobs.progress(job_id)
        if view is not None and is_ours(view) and wanted in ("", job_id):
            state.jobs.interrupt(job_id)
    return JsonResponse({"msg": "success"})


def our_jobs(state: State) -> list[JobView]:
    """The caller's jobs of this API: running, waiting, then those that ended, newest first."""
    return [view for view in state.jobs.jobs() if is_ours(view)]
