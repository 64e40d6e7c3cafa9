"""Upscale and restore pictures."""

from __future__ import annotations

from fastapi import APIRouter

from pipelines.contract.errors import InvalidRequest
from pipelines.contract.options import GenerationOptions, OutputOptions
from pipelines.contract.requests import ExtrasRequest
from pipelines.contract.results import ExtrasResult
from sdapi.core.state import State, StateOf
from sdapi.dialects.a1111.resolve.ids import task_id
from sdapi.dialects.a1111.resolve.limits import within
from sdapi.dialects.a1111.resolve.options import resolve_options
from sdapi.dialects.a1111.schemas.extras import (
    MAX_IMAGES,
    ExtrasBatchImagesRequest,
    ExtrasBatchImagesResponse,
    ExtrasSingleImageRequest,
    ExtrasSingleImageResponse,
)
from sdapi.http import answers
from sdapi.http.images import encode_base64
from sdapi.http.responses import JsonResponse
from sdapi.jobs.submit import submit_and_wait

router = APIRouter(prefix="/sdapi/v1")


@router.post("/extra-single-image", response_model=ExtrasSingleImageResponse, responses=answers.QUEUED)
async def extras_single_image_api(req: ExtrasSingleImageRequest, state: StateOf) -> JsonResponse:
    """Upscale or restore one picture."""
    images = (await state.images.read(req.image, field="image"),)
    result = await _process(req, images, state)
    answer = {"html_info": result.html_info, "image": encode_base64(result.images[0])}
    return JsonResponse({**answer, "warnings": list(result.warnings)})


@router.post("/extra-batch-images", response_model=ExtrasBatchImagesResponse, responses=answers.QUEUED)
async def extras_batch_images_api(req: ExtrasBatchImagesRequest, state: StateOf) -> JsonResponse:
    """Upscale or restore several pictures; ``html_info`` describes the last."""
    within("imageList", len(req.imageList), 1, MAX_IMAGES)
    images = tuple(
        [
            await state.images.read(item.data, field=f"imageList.{k}.data")
            for k, item in enumerate(req.imageList)
        ]
    )
    result = await _process(req, images, state)
    answer = {"html_info": result.html_info, "images": [encode_base64(image) for image in result.images]}
    return JsonResponse({**answer, "warnings": list(result.warnings)})


async def _process(
    req: ExtrasSingleImageRequest | ExtrasBatchImagesRequest, images: tuple[bytes, ...], state: State
) -> ExtrasResult:
    for field in ("upscaler_1", "upscaler_2"):
        _check_upscaler(state, field, getattr(req, field))
    _check_size(req, state)
    values = resolve_options(state.store, None)
    request = build_request(req, images, values.generation, values.output)
    return (await submit_and_wait(state, request, ExtrasResult, job_id=task_id("extras")))[1]


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


def _check_upscaler(state: State, field: str, name: str) -> None:
    if name not in ("None", "") and name not in (u.name for u in state.catalog.upscalers()):
        raise InvalidRequest(f"could not find upscaler named {name}", field=field)


def _check_size(req: ExtrasSingleImageRequest | ExtrasBatchImagesRequest, state: State) -> None:
    limit = state.config.limits.pixels
    within("upscaling_resize", req.upscaling_resize, 0, 64)
    if req.resize_mode == 1 and req.upscaling_resize_w * req.upscaling_resize_h > limit:
        text = f"upscaling_resize_w x upscaling_resize_h is more than {limit} pixels"
        raise InvalidRequest(text, field="upscaling_resize_w")
