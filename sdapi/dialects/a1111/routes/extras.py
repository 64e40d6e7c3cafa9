"""Upscale and restore pictures."""

from __future__ import annotations

from dataclasses import replace

from anyio.to_thread import run_sync
from fastapi import APIRouter
from starlette.responses import Response

from pipelines.contract.extras_size import OFF, check_count, check_enlarged
from pipelines.contract.options import GenerationOptions, OutputOptions
from pipelines.contract.requests import ExtrasRequest
from pipelines.contract.results import ExtrasResult
from pipelines.pictures.decode import decode_picture
from sdapi.core.state import State, StateOf
from sdapi.dialects.a1111.ids import task_id
from sdapi.dialects.a1111.results import html_info
from sdapi.dialects.a1111.schemas.extras import (
    ExtrasBatchImagesRequest,
    ExtrasBatchImagesResponse,
    ExtrasSingleImageRequest,
    ExtrasSingleImageResponse,
)
from sdapi.http import answers
from sdapi.http.declared import MAKES
from sdapi.http.responses import JsonResponse, encode_base64
from sdapi.intent.options import resolve_options
from sdapi.intent.upscalers import resolve_upscaler
from sdapi.jobs.accepted import Accepted, Done
from sdapi.jobs.submit import submit_and_wait

router = APIRouter(prefix="/sdapi/v1")


@router.post(
    "/extra-single-image",
    response_model=ExtrasSingleImageResponse,
    responses=answers.QUEUED,
    dependencies=[MAKES],
)
async def extras_single_image_api(req: ExtrasSingleImageRequest, state: StateOf) -> Response:
    """Upscale or restore one picture."""
    images = (await state.images.read(req.image, field="extras.image"),)
    made = await _process(req, images, state)
    if isinstance(made, Accepted):
        return made
    result = made.result
    answer = {"html_info": html_info(result.postprocessing), "image": encode_base64(result.images[0])}
    return JsonResponse({**answer, "warnings": list(result.warnings)})


@router.post(
    "/extra-batch-images",
    response_model=ExtrasBatchImagesResponse,
    responses=answers.QUEUED,
    dependencies=[MAKES],
)
async def extras_batch_images_api(req: ExtrasBatchImagesRequest, state: StateOf) -> Response:
    """Upscale or restore several pictures; ``html_info`` describes the last."""
    check_count("extras.images", len(req.imageList), state.config.limits)
    images = tuple(
        [
            await state.images.read(item.data, field=f"extras.images.{k}")
            for k, item in enumerate(req.imageList)
        ]
    )
    made = await _process(req, images, state)
    if isinstance(made, Accepted):
        return made
    result = made.result
    answer = {
        "html_info": html_info(result.postprocessing),
        "images": [encode_base64(image) for image in result.images],
    }
    return JsonResponse({**answer, "warnings": list(result.warnings)})


async def _process(
    req: ExtrasSingleImageRequest | ExtrasBatchImagesRequest, images: tuple[bytes, ...], state: State
) -> Accepted | Done[ExtrasResult]:
    values = resolve_options(state.store, None)
    request = build_request(req, images, values.generation, values.output)
    request = replace(request, **_upscalers(request, state))
    await run_sync(_check_sizes, request, state)
    return await submit_and_wait(state, request, ExtrasResult, job_id=task_id("extras"))


def build_request(
    req: ExtrasSingleImageRequest | ExtrasBatchImagesRequest,
    images: tuple[bytes, ...],
    options: GenerationOptions,
    output: OutputOptions,
) -> ExtrasRequest:
    """The frozen request of an extras body."""
    return ExtrasRequest(
        images=images,
        resize_mode=req.resize_mode,
        scale=req.upscaling_resize,
        width=req.upscaling_resize_w,
        height=req.upscaling_resize_h,
        crop=req.upscaling_crop,
        upscaler_1=req.upscaler_1,
        upscaler_2=req.upscaler_2,
        upscaler_2_visibility=req.extras_upscaler_2_visibility,
        gfpgan_visibility=req.gfpgan_visibility,
        codeformer_visibility=req.codeformer_visibility,
        codeformer_weight=req.codeformer_weight,
        options=options,
        output=output,
    )


def _upscalers(request: ExtrasRequest, state: State) -> dict[str, str]:
    """Both upscalers in their own spelling."""
    names = {name: getattr(request, name) for name in ("upscaler_1", "upscaler_2")}
    return {
        field: name if name in OFF else resolve_upscaler(state.catalog, name, field=f"extras.{field}") or ""
        for field, name in names.items()
    }


def _check_sizes(request: ExtrasRequest, state: State) -> None:
    for number, data in enumerate(request.images):
        size = decode_picture(data, field=f"extras.images.{number}").size
        check_enlarged(request, size, state.config.limits)
