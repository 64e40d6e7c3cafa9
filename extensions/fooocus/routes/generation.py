"""The routes that make pictures, of both generations and in old spellings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from extensions.fooocus.bodies.common import TextToImage
from extensions.fooocus.bodies.enhance import Enhance, form_entries
from extensions.fooocus.bodies.pictures import (
    FormUpscaleOrVary,
    InpaintOrOutpaint,
    TextWithImagePrompts,
    UpscaleOrVary,
    WithImagePrompts,
    form_prompts,
)
from extensions.fooocus.routes.answers import AsyncJob, GeneratedImage
from extensions.fooocus.routes.dialect import FOOOCUS
from extensions.fooocus.routes.documents import PICTURES, form_body, json_body
from extensions.fooocus.routes.making import make
from sdapi.plugin import MAKES, StateOf, speaks

first = APIRouter(prefix="/v1/generation", dependencies=[speaks(FOOOCUS), MAKES])
second = APIRouter(prefix="/v2/generation", dependencies=[speaks(FOOOCUS), MAKES])
Answer = list[GeneratedImage] | AsyncJob


@first.post("/text-to-image", response_model=Answer, responses=PICTURES, openapi_extra=json_body(TextToImage))
async def text_to_image(request: Request, state: StateOf) -> Response:
    """Make pictures from words."""
    return await make(TextToImage, request, state)


@second.post(
    "/text-to-image-with-ip",
    response_model=Answer,
    responses=PICTURES,
    openapi_extra=json_body(TextWithImagePrompts),
)
async def text_to_image_with_prompts(request: Request, state: StateOf) -> Response:
    """Make pictures from words and image prompts."""
    return await make(TextWithImagePrompts, request, state)


@first.post(
    "/image-upscale-vary",
    response_model=Answer,
    responses=PICTURES,
    openapi_extra=form_body(FormUpscaleOrVary, "input_image"),
)
async def upscale_by_form(request: Request, state: StateOf) -> Response:
    """Vary or enlarge a picture."""
    kind = UpscaleOrVary if _is_json(request) else FormUpscaleOrVary
    return await make(kind, request, state)


@second.post(
    "/image-upscale-vary", response_model=Answer, responses=PICTURES, openapi_extra=json_body(UpscaleOrVary)
)
async def upscale(request: Request, state: StateOf) -> Response:
    """Vary or enlarge a picture."""
    return await make(UpscaleOrVary, request, state)


@first.post("/image-inpait-outpaint", response_model=Answer, include_in_schema=False)
@first.post(
    "/image-inpaint-outpaint",
    response_model=Answer,
    responses=PICTURES,
    openapi_extra=form_body(InpaintOrOutpaint, "input_image", "input_mask"),
)
async def inpaint_by_form(request: Request, state: StateOf) -> Response:
    """Repaint a part of a picture, or grow it."""
    return await make(InpaintOrOutpaint, request, state)


@second.post("/image-inpait-outpaint", response_model=Answer, include_in_schema=False)
@second.post(
    "/image-inpaint-outpaint",
    response_model=Answer,
    responses=PICTURES,
    openapi_extra=json_body(InpaintOrOutpaint),
)
async def inpaint(request: Request, state: StateOf) -> Response:
    """Repaint a part of a picture, or grow it."""
    return await make(InpaintOrOutpaint, request, state)


@first.post(
    "/image-prompt",
    response_model=Answer,
    responses=PICTURES,
    openapi_extra=form_body(WithImagePrompts, "input_image", "input_mask", prompts=True),
)
async def image_prompt_by_form(request: Request, state: StateOf) -> Response:
    """Make pictures from image prompts."""
    shape = _as_they_are if _is_json(request) else form_prompts
    return await make(WithImagePrompts, request, state, shape=shape)


@second.post(
    "/image-prompt", response_model=Answer, responses=PICTURES, openapi_extra=json_body(WithImagePrompts)
)
async def image_prompt(request: Request, state: StateOf) -> Response:
    """Make pictures from image prompts."""
    return await make(WithImagePrompts, request, state)


@first.post(
    "/image-enhance",
    response_model=Answer,
    responses=PICTURES,
    openapi_extra=form_body(Enhance, "enhance_input_image"),
)
async def enhance_by_form(request: Request, state: StateOf) -> Response:
    """Vary or enlarge a picture, then single things in it."""
    return await make(Enhance, request, state, shape=form_entries)


@second.post("/image-enhance", response_model=Answer, responses=PICTURES, openapi_extra=json_body(Enhance))
async def enhance(request: Request, state: StateOf) -> Response:
    """Vary or enlarge a picture, then single things in it."""
    return await make(Enhance, request, state)


def _is_json(request: Request) -> bool:
    return "json" in request.headers.get("content-type", "")


def _as_they_are(fields: Mapping[str, Any]) -> Mapping[str, Any]:
    return fields
