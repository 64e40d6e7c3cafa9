"""Jobs by their ids: list, look at, fetch the result of, follow, interrupt, cancel. Not part of A1111."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import StreamingResponse
from starlette.responses import Response

from pipelines.contract.results import EngineResult
from pipelines.jobs.states import JobState
from sdapi.core.state import State, StateOf
from sdapi.http import answers
from sdapi.http.access.tickets import Tickets
from sdapi.http.declared import CONTROLS, dialect_of
from sdapi.http.errors import ApiError
from sdapi.http.responses import JsonResponse
from sdapi.jobs.events import event_number, follow, read_number
from sdapi.jobs.item import job_item
from sdapi.jobs.links import file_links, job_links
from sdapi.jobs.result import Form, raw_picture, result_json, wants_picture
from sdapi.jobs.schemas import JobEnd, JobItem, JobList, JobResult, JobTicket

router = APIRouter(prefix="/sdapi/v1/jobs")

AcceptOf = Annotated[str, Header(alias="accept", include_in_schema=False)]
FormOf = Annotated[Form, Query(description="pictures as base64, or only the URLs of saved files")]
NumberOf = Annotated[int, Query(alias="image", ge=0, description="which picture, when Accept names image/*")]

EVENTS: answers.Responses = {
    200: {
        "description": "Events `state`, `progress`, `ended` (and `left`, when the server stops), whose data "
        "is a JobItem in JSON, and `preview` with `id` and `image`, a data URL.",
        "content": {"text/event-stream": {"schema": {"$ref": "#/components/schemas/JobMessage"}}},
    },
    204: {"description": "The client has had the last event already."},
    **answers.NOT_FOUND,
}
PICTURE_OR_JSON: answers.Responses = {
    200: {"content": answers.binary("image/*")},
    **answers.FOUND_OR_ENDED,
}


@router.get("", response_model=JobList)
async def list_jobs(request: Request, state: StateOf) -> JsonResponse:
    """Every job that is remembered."""
    names = dialect_of(request.scope).fields
    return JsonResponse({"jobs": [job_item(view, names) for view in state.jobs.jobs()]})


@router.get("/{job_id:path}/events", response_class=StreamingResponse, responses=EVENTS)
async def job_events(
    job_id: str,
    request: Request,
    state: StateOf,
    last_event_id: Annotated[str | None, Header(description="resumes after this event")] = None,
) -> Response:
    """State, progress and previews as server-sent events, to the end; 204 for a client that has had it."""
    view = await state.jobs.find(job_id)
    last = read_number(last_event_id)
    if view.state.final and last >= event_number(view):
        return Response(status_code=204)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    links = job_links(request, job_id, request.query_params.get("ticket"))
    names = dialect_of(request.scope).fields
    events = follow(job_id, state.jobs, last=last, links=links, fields=names)
    return StreamingResponse(events, 200, headers, media_type="text/event-stream")


@router.post(
    "/{job_id:path}/ticket", response_model=JobTicket, responses=answers.NOT_FOUND, dependencies=[CONTROLS]
)
async def make_ticket(job_id: str, request: Request, state: StateOf) -> JsonResponse:
    """A ticket for the query of this job's links, for a few minutes: browsers' EventSource sends no key."""
    view = await state.jobs.find(job_id)
    tickets: Tickets = request.app.state.tickets
    ticket, expires = tickets.issue(state.caller, view.id)
    links = job_links(request, view.id, ticket)
    return JsonResponse({"ticket": ticket, "expires": expires, "links": links})


@router.get("/{job_id:path}/result", response_model=JobResult, responses=PICTURE_OR_JSON)
async def get_job_result(
    job_id: str,
    request: Request,
    state: StateOf,
    accept: AcceptOf = "",
    form: FormOf = "base64",
    picture: NumberOf = 0,
) -> Response:
    """The result of the job; waits if it isn't done yet, and fails as the job did."""
    return await _result(job_id, request, state, accept, form, picture)


@router.post(
    "/{job_id:path}/interrupt", response_model=JobEnd, responses=answers.NOT_FOUND, dependencies=[CONTROLS]
)
async def interrupt_job(job_id: str, state: StateOf) -> JsonResponse:
    """End this job early and keep what it has."""
    view = await state.jobs.find(job_id)
    state.jobs.interrupt(job_id)
    return JsonResponse({"id": job_id, "changed": view.active})


@router.post(
    "/{job_id:path}/cancel", response_model=JobEnd, responses=answers.NOT_FOUND, dependencies=[CONTROLS]
)
async def cancel_job(job_id: str, state: StateOf) -> JsonResponse:
    """Give up this job, whether it waits or runs."""
    return JsonResponse({"id": job_id, "changed": await state.jobs.cancel(job_id)})


@router.get("/{job_id:path}", response_model=JobItem, responses=PICTURE_OR_JSON)
async def get_job(
    job_id: str,
    request: Request,
    state: StateOf,
    accept: AcceptOf = "",
    form: FormOf = "base64",
    picture: NumberOf = 0,
) -> Response:
    """One job, with its result when it is done; with ``Accept: image/*`` the picture alone."""
    view = await state.jobs.find(job_id)
    if wants_picture(accept):
        if view.state is not JobState.DONE:
            raise ApiError(409, f"the job is {view.state}", field="job_id")
        return await _result(job_id, request, state, accept, form, picture)
    item = job_item(view, dialect_of(request.scope).fields)
    if view.state is JobState.DONE:
        result = await (await state.jobs.handle(job_id)).result()
        item["result"] = _told(result, request, form)
    return JsonResponse(item)


@router.delete("/{job_id:path}", response_model=JobEnd, responses=answers.NOT_FOUND, dependencies=[CONTROLS])
async def delete_job(job_id: str, state: StateOf) -> JsonResponse:
    """Cancel exactly this job; one that has ended stays as it is."""
    return JsonResponse({"id": job_id, "changed": await state.jobs.cancel(job_id)})


async def _result(
    job_id: str, request: Request, state: State, accept: str, form: Form, number: int
) -> Response:
    result = await (await state.jobs.handle(job_id)).result()
    if wants_picture(accept):
        return raw_picture(result, number)
    return JsonResponse({**_told(result, request, form), "id": job_id})


def _told(result: EngineResult, request: Request, form: Form) -> dict[str, Any]:
    """A result, with what the dialect adds to it."""
    dialect = dialect_of(request.scope)
    told = result_json(result, form, partial(file_links, request), dialect.fields)
    return {**told, **dialect.adds(told)}
