"""Describe a picture, and find things in it."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

from anyio.to_thread import run_sync
from fastapi import APIRouter, Request

from extensions.fooocus.bodies.enhance import MaskOfPicture
from extensions.fooocus.bodies.reading import read_fields
from extensions.fooocus.bodies.texts import choice
from extensions.fooocus.intent.enhance import mask_wish, require_mask_files
from extensions.fooocus.masking import MaskRequest, MaskResult
from extensions.fooocus.routes.answers import Description
from extensions.fooocus.routes.dialect import FOOOCUS
from extensions.fooocus.routes.documents import FILE, json_body
from pipelines.plugin import CaptionRequest, TextResult
from sdapi.plugin import (
    MAKES,
    ApiError,
    JsonResponse,
    StateOf,
    answers,
    resolve_options,
    result_of,
    speaks,
    submit,
    validated,
)

router = APIRouter(prefix="/v1/tools", dependencies=[speaks(FOOOCUS), MAKES])
MODELS = {"Photo": "clip", "Anime": "deepdanbooru"}
TYPES = ("type", "image_type")
_TYPE = {"type": "string", "enum": [*MODELS], "default": "Photo"}
_DESCRIBED: dict[str, Any] = {
    "parameters": [{"name": "type", "in": "query", "required": False, "schema": _TYPE}],
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {"type": "object", "properties": {"image": FILE}, "required": ["image"]}
            }
        },
    },
}


@router.post(
    "/describe-image",
    response_model=Description,
    responses={**answers.FOUND_OR_ENDED, 422: {}},
    openapi_extra=_DESCRIBED,
)
async def describe_image(request: Request, state: StateOf) -> JsonResponse:
    """A caption of a photo, or tags of a drawing."""
    fields = await read_fields(request)
    query = request.query_params
    given = next((value for name in TYPES for value in (query.get(name), fields.get(name)) if value), "Photo")
    kind = choice(given, MODELS)
    if kind is None:
        raise ApiError(422, f"must be one of {', '.join(MODELS)}", field="type")
    if fields.get("image") is None:
        raise ApiError(422, "must be a picture", field="image")
    image = await state.images.read(fields["image"], field="image")
    options = resolve_options(state.store, None).generation
    handle = await submit(state, CaptionRequest(image=image, model=MODELS[kind], options=options))
    result = await result_of(handle, TextResult, state)
    return JsonResponse({"describe": result.text})


@router.post(
    "/generate_mask",
    response_model=str,
    responses={**answers.FOUND_OR_ENDED, 422: {}},
    openapi_extra=json_body(MaskOfPicture),
)
async def generate_mask(request: Request, state: StateOf) -> JsonResponse:
    """The mask of what stands out in a picture, or of what words name: a PNG in base64."""
    body = validated(MaskOfPicture, await read_fields(request))
    wish = mask_wish(body)
    await run_sync(require_mask_files, wish, state.config.folders)
    image = await state.images.read(body.image, field="image")
    handle = await submit(state, MaskRequest(image=image, wish=wish))
    result = await result_of(handle, MaskResult, state)
    return JsonResponse(b64encode(result.image).decode("ascii"))
