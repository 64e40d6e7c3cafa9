"""Start pictures and masks of img2img."""

from __future__ import annotations

from pipelines.contract.errors import InvalidRequest
from pipelines.contract.limits import within
from pipelines.contract.requests import Img2Img, Inpaint
from sdapi.dialects.a1111.resolve.limits import or_default
from sdapi.dialects.a1111.schemas.generation import StableDiffusionProcessingImg2Img
from sdapi.http.errors import ApiError
from sdapi.http.images import ImageReader

MAX_BLUR = 1024


async def resolve_img2img(
    body: StableDiffusionProcessingImg2Img, reader: ImageReader, batch_size: int
) -> Img2Img:
    """Decode and check what an img2img request starts from."""
    within("denoising_strength", body.denoising_strength, 0, 1)
    within("resize_mode", body.resize_mode or 0, 0, 3)
    images = await _init_images(body.init_images, reader, batch_size)
    return Img2Img(
        images=images,
        resize_mode=body.resize_mode or 0,
        image_cfg_scale=body.image_cfg_scale,
        noise_multiplier=body.initial_noise_multiplier,
        inpaint=await _inpaint(body, reader),
    )


async def _init_images(
    values: list[object] | None, reader: ImageReader, batch_size: int
) -> tuple[bytes, ...]:
    if values is None:
        raise ApiError(404, "Init image not found", field="init_images")
    if not 1 <= len(values) <= batch_size:
        text = f"bad number of images passed: {len(values)}; expecting {batch_size} or less"
        raise InvalidRequest(text, field="init_images")
    return tuple([await reader.read(value, field=f"init_images.{k}") for k, value in enumerate(values)])


async def _inpaint(body: StableDiffusionProcessingImg2Img, reader: ImageReader) -> Inpaint | None:
    if not body.mask:
        return None
    within("inpainting_fill", body.inpainting_fill or 0, 0, 3)
    blur_x, blur_y = _blur(body)
    padding = body.inpaint_full_res_padding or 0
    within("inpaint_full_res_padding", padding, 0, 2**16)
    return Inpaint(
        mask=await reader.read(body.mask, field="mask"),
        latent_mask=await reader.read(body.latent_mask, field="latent_mask") if body.latent_mask else None,
        blur_x=blur_x,
        blur_y=blur_y,
        round=body.mask_round is not False,
        fill=body.inpainting_fill or 0,
        only_masked=body.inpaint_full_res is not False,
        padding=padding,
        invert=bool(body.inpainting_mask_invert),
    )


def _blur(body: StableDiffusionProcessingImg2Img) -> tuple[int, int]:
    x, y = or_default(body.mask_blur_x, 4), or_default(body.mask_blur_y, 4)
    if body.mask_blur is not None:
        x = y = body.mask_blur
    within("mask_blur_x" if body.mask_blur is None else "mask_blur", x, 0, MAX_BLUR)
    within("mask_blur_y" if body.mask_blur is None else "mask_blur", y, 0, MAX_BLUR)
    return x, y
