"""Describe a picture, and find things in it."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from extensions.fooocus.bodies.reading import read_fields
from extensions.fooocus.bodies.texts import choice
from extensions.fooocus.intent.finders import finder_refusal
from extensions.fooocus.routes.answers import Description
from extensions.fooocus.routes.dialect import FOOOCUS
from extensions.fooocus.routes.documents import FILE
from pipelines.plugin import CaptionRequest, MissingWeights, TextResult
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
_MASKED: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "properties": {"image": {"type": "string"}, "mask_model": {"type": "string"}},
                }
            }
        },
    }
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


@router.post("/generate_mask", responses={422: {}}, openapi_extra=_MASKED)
async def generate_mask(request: Request, state: StateOf) -> Response:
    """The mask of a thing; refused, as the networks that find things are not here."""
    fields = await read_fields(request)
    model = str(fields.get("mask_model") or "isnet-general-use")
    await state.images.read(fields.get("image"), field="image")
    raise MissingWeights(finder_refusal(model), field="mask_model")
