"""Queue a job, and answer as the client wishes: at once, with the pictures, or with one picture alone."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from anyio.to_thread import run_sync
from fastapi.exceptions import RequestValidationError
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from extensions.fooocus.bodies.common import TextToImage
from extensions.fooocus.bodies.reading import read_fields
from extensions.fooocus.intent.request import request_of
from extensions.fooocus.job_words import ERROR, QUEUE_IS_FULL, USER_CANCEL
from extensions.fooocus.kinds import FooocusResult
from extensions.fooocus.routes.answers import full_queue, job_object, nothing, picture_items
from extensions.fooocus.routes.dialect import FIELDS
from extensions.fooocus.routes.formats import as_format
from extensions.fooocus.routes.links import address_of
from pipelines.plugin import Cancelled, JobState, JobView, SdapiError, TooManyJobs
from sdapi.plugin import JsonResponse, State, current_preferences, result_of, submit, validated

B = TypeVar("B", bound=TextToImage)
PNG = "image/png"
WEBHOOKS_OFF = "webhook_url: webhooks are off: the server has no --webhook-key"
Fields = Mapping[str, Any]


async def make(
    kind: type[B], request: Request, state: State, *, shape: Callable[[Fields], Fields] = dict
) -> Response:
    """Read a body, queue its job, and answer. ``shape`` makes a form's fields those of JSON."""
    fields = shape(await read_fields(request))
    try:
        body = validated(kind, fields)
    except RequestValidationError as error:
        raise RequestValidationError(error.errors(), body=dict(fields)) from error
    alone = wants_png(request)
    if alone:
        body.image_number = 1
    return await _made(body, request, state, alone=alone)


def wants_png(request: Request) -> bool:
    """True if the answer is to be the picture alone; ``accept`` in the query counts before the header."""
    return (request.query_params.get("accept") or request.headers.get("accept", "")) == PNG


async def _made(body: TextToImage, request: Request, state: State, *, alone: bool) -> Response:
    name = str(uuid.uuid4())
    told = _webhook(body, state)
    work = await request_of(body, state, name=name, address=address_of(request, state))
    try:
        handle = await submit(state, work, job_id=name)
    except TooManyJobs:
        return _full(alone=alone, asynchronous=body.async_process)
    warnings = [*map(FIELDS.of, (*work.warnings, *told))]
    if body.async_process:
        view = state.jobs.progress(handle.id) or JobView(
            id=handle.id, active=False, state=JobState.QUEUED, kind=work.word
        )
        return JsonResponse(job_object(view, None, None, warnings))
    try:
        result = await result_of(handle, FooocusResult, state)
    except Cancelled:
        return _failed(USER_CANCEL, 400, alone=alone)
    except SdapiError as error:
        if error.status < 500:
            raise
        return _failed(ERROR, 500, alone=alone, text=error.message)
    if alone:
        return await _picture(result)
    all_told = [*map(FIELDS.of, result.warnings), *told]
    return JsonResponse(picture_items(result, list(dict.fromkeys(all_told))))


def _webhook(body: TextToImage, state: State) -> tuple[str, ...]:
    """Set the webhook to the body's if that is a link, else to the server's; warn if webhooks are off."""
    given = body.webhook_url.strip()
    own = str(state.config.flags.get("webhook_url") or "")
    url = given if given.lower().startswith(("http://", "https://")) else own
    if not url:
        return ()
    if not state.config.webhooks.secret:
        return (WEBHOOKS_OFF,)
    current_preferences().webhook = url
    return ()


def _full(*, alone: bool, asynchronous: bool) -> Response:
    if alone:
        return PlainTextResponse(QUEUE_IS_FULL, 409)
    return JsonResponse(full_queue() if asynchronous else [nothing(QUEUE_IS_FULL)])


def _failed(reason: str, status: int, *, alone: bool, text: str = "") -> Response:
    if alone:
        return PlainTextResponse(reason, status)
    return JsonResponse([nothing(reason, text)])


async def _picture(result: FooocusResult) -> Response:
    """The picture as PNG, whatever it was saved as."""
    if not result.images:
        return Response(b"", 500)
    return Response(await run_sync(as_format, result.images[0], "png"), media_type=PNG)
