"""Describe a picture in words."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from pipelines.catalog.caption_models import caption_model
from pipelines.contract.requests import CaptionRequest
from pipelines.contract.results import TextResult
from sdapi.core.state import StateOf
from sdapi.dialects.a1111.ids import task_id
from sdapi.dialects.a1111.schemas.extras import InterrogateRequest, InterrogateResponse
from sdapi.http import answers
from sdapi.http.declared import MAKES
from sdapi.http.errors import ApiError
from sdapi.http.responses import JsonResponse
from sdapi.intent.options import resolve_options
from sdapi.jobs.accepted import Accepted
from sdapi.jobs.submit import submit_and_wait

router = APIRouter(prefix="/sdapi/v1")


@router.post(
    "/interrogate", response_model=InterrogateResponse, responses=answers.QUEUED, dependencies=[MAKES]
)
async def interrogateapi(interrogatereq: InterrogateRequest, state: StateOf) -> Response:
    """A caption (``clip``) or tags (``deepdanbooru``)."""
    image = await state.images.read(interrogatereq.image, field="image")
    model = caption_model(interrogatereq.model)
    if model is None:
        raise ApiError(404, "Model not found", field="model")
    options = resolve_options(state.store, None).generation
    request = CaptionRequest(image=image, model=model, options=options)
    made = await submit_and_wait(state, request, TextResult, job_id=task_id("interrogate"))
    if isinstance(made, Accepted):
        return made
    return JsonResponse({"caption": made.result.text, "warnings": list(made.result.warnings)})
