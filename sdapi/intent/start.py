"""Start pictures and their mask, read and checked."""

from __future__ import annotations

from pipelines.contract.errors import InvalidRequest
from pipelines.contract.limits import MAX_BLUR, check_starts, within
from pipelines.contract.requests import Img2Img, Inpaint
from sdapi.http.pictures import PictureReader
from sdapi.intent.intent import Intent, MaskIntent, SentPicture


async def resolve_start(intent: Intent, reader: PictureReader) -> Img2Img | None:
    """The start of img2img; None where a picture starts from noise. Raises 4xx that name the field."""
    start = intent.start
    if start is None:
        if intent.mask is not None:
            raise InvalidRequest("a mask needs a picture to start from", field="mask")
        return None
    within("start.resize_mode", start.resize_mode, 0, 3)
    return Img2Img(
        images=await _images(start.images, reader, intent.batch_size),
        resize_mode=start.resize_mode,
        image_cfg_scale=start.image_cfg_scale,
        noise_multiplier=start.noise_multiplier,
        inpaint=None if intent.mask is None else await _inpaint(intent.mask, reader),
    )


async def _images(
    values: tuple[SentPicture, ...], reader: PictureReader, batch_size: int
) -> tuple[bytes, ...]:
    check_starts(len(values), batch_size)
    return tuple([await reader.read(value, field=f"start.images.{k}") for k, value in enumerate(values)])


async def _inpaint(mask: MaskIntent, reader: PictureReader) -> Inpaint:
    within("mask.fill", mask.fill, 0, 3)
    blur_x, blur_y = _blur(mask)
    within("mask.padding", mask.padding, 0, 2**16)
    latent = mask.latent_mask
    return Inpaint(
        mask=await reader.read(mask.picture, field="mask.picture"),
        latent_mask=await reader.read(latent, field="mask.latent_mask") if latent else None,
        blur_x=blur_x,
        blur_y=blur_y,
        round=mask.round,
        fill=mask.fill,
        only_masked=mask.only_masked,
        padding=mask.padding,
        invert=mask.invert,
    )


def _blur(mask: MaskIntent) -> tuple[int, int]:
    if mask.blur is not None:
        within("mask.blur", mask.blur, 0, MAX_BLUR)
        return mask.blur, mask.blur
    within("mask.blur_x", mask.blur_x, 0, MAX_BLUR)
    within("mask.blur_y", mask.blur_y, 0, MAX_BLUR)
    return mask.blur_x, mask.blur_y
