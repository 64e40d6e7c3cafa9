"""Jobs by their ids: list, look at, fetch the result of, interrupt, cancel. Not part of A1111."""

from __future__ import annotations

from fastapi import APIRouter

from pipelines.request import GenerationResult
from sdapi.errors import ApiError
from sdapi.images import encode_base64
from sdapi.job_item import job_item
from sdapi.responses import JsonResponse, info_text
from sdapi.schemas.jobs import JobEnd, JobItem, JobList
from sdapi.state import StateOf

router = APIRouter(prefix="/sdapi/v1/jobs")


@router.get("", response_model=JobList)
async def list_jobs(state: StateOf) -> JsonResponse:
    """Every job that is remembered."""
    return JsonResponse({"jobs": [job_item(view) for view in state.jobs.jobs()]})


@router.get("/{job_id}", response_model=JobItem)
async def get_job(job_id: str, state: StateOf) -> JsonResponse:
    """One job."""
    return JsonResponse(job_item(await state.jobs.find(job_id)))


@router.get("/{job_id}/result")
async def get_job_result(job_id: str, state: StateOf) -> JsonResponse:
    """The pictures and info of a generation, once more; waits if it isn't done yet."""
    result = await (await state.jobs.handle(job_id)).result()
    if not isinstance(result, GenerationResult):
        raise ApiError(404, "the job made no pictures", field="job_id")
    images = [encode_base64(image) for image in result.images]
    return JsonResponse({"images": images, "info": info_text(dict(result.info)), "id": job_id})


@router.post("/{job_id}/interrupt", response_model=JobEnd)
async def interrupt_job(job_id: str, state: StateOf) -> JsonResponse:
    """End this job early and keep what it has."""
    view = await state.jobs.find(job_id)
    state.jobs.interrupt(job_id)
    return JsonResponse({"id": job_id, "changed": view.active})


@router.post("/{job_id}/cancel", response_model=JobEnd)
async def cancel_job(job_id: str, state: StateOf) -> JsonResponse:
    """Give up this job, whether it waits or runs."""
    return JsonResponse({"id": job_id, "changed": await state.jobs.cancel(job_id)})
