"""Choose the picture that steers a unit: its own or an img2img request's first, cropped like the request."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PIL import Image

from extensions.controlnet.preprocessors.effects import ReferenceEffect
from extensions.controlnet.preprocessors.preprocessor import MaskUse
from extensions.controlnet.units.options import ControlNetOptions
from extensions.controlnet.units.pictures import Array, Picture, control_input, read_source, to_rgb
from extensions.controlnet.units.spellings import ResizeMode
from extensions.controlnet.units.unit import Unit, no_picture
from pipelines.plugin import (
    FILL,
    LATENT,
    GenerationRequest,
    Img2Img,
    Inpaint,
    InvalidRequest,
    binary_mask,
    blurred,
    crop_region,
    decode_picture,
    expand_region,
    invert,
    resize_picture,
)

MODES = (ResizeMode.JUST_RESIZE, ResizeMode.CROP, ResizeMode.FILL, ResizeMode.JUST_RESIZE)
"""Resize mode of an img2img request -> that of a unit without a picture of its own."""
NUMBERS = {ResizeMode.JUST_RESIZE: 0, ResizeMode.CROP: 1, ResizeMode.FILL: 2}


def choose_picture(unit: Unit, request: GenerationRequest) -> tuple[Array, ResizeMode]:
    """The control picture, RGBA where masks are read, and its resize mode. Raises InvalidRequest."""
    ignore = ControlNetOptions.of(request.options).controlnet_ignore_noninpaint_mask
    mode, source = unit.resize_mode, request.img2img
    if unit.sources:
        picture = read_source(unit.sources[0], field=unit.field)
    elif source is not None:
        picture, mode = init_picture(unit, source), MODES[min(source.resize_mode, LATENT)]
    else:
        raise no_picture(unit)
    image = control_input(picture, unit.preprocessor, ignore_mask=ignore)
    if source is not None:
        image = _cropped(unit, image, request, mode)
    return image, mode


def repaint_mask(inpaint: Inpaint) -> Image.Image:
    """The request's mask at its own size, inverted and blurred as asked, in L mode."""
    mask = binary_mask(decode_picture(inpaint.mask, field="mask.picture"), rounded=inpaint.round)
    if inpaint.invert:
        mask = invert(mask)
    return blurred(mask, inpaint.blur_x, inpaint.blur_y)


def init_picture(unit: Unit, source: Img2Img) -> Picture:
    """An img2img request's first picture and mask, for a unit without a picture. Raises InvalidRequest."""
    picture = to_rgb(decode_picture(source.images[0], field="start.images.0"))
    if source.inpaint is None or unit.preprocessor.mask is not MaskUse.NEEDED:
        return Picture(image=picture)
    mask = np.array(repaint_mask(source.inpaint).convert("L"))
    if mask.shape != picture.shape[:2]:
        raise InvalidRequest("the mask must have the size of init_images.0", field="mask.picture")
    return Picture(image=picture, mask=mask)


def _cropped(unit: Unit, picture: Array, request: GenerationRequest, mode: ResizeMode) -> Array:
    """The part that "only masked" repaints, at the request's size; else the picture as it is."""
    inpaint = request.img2img.inpaint if request.img2img else None
    width, height = request.width, request.height
    effect = unit.preprocessor.effect
    crops = unit.inpaint_crop_input_image or _upscales(request)
    if inpaint is None or not inpaint.only_masked or not crops or isinstance(effect, ReferenceEffect):
        return picture
    mask = repaint_mask(inpaint)
    region = crop_region(mask.convert("L"), inpaint.padding)
    if region is None:
        return picture
    region = expand_region(region, width, height, mask.width, mask.height)

    def crop(flat: Image.Image) -> Image.Image:
        fitted = resize_picture(NUMBERS[mode], flat, mask.width, mask.height)
        return resize_picture(FILL, fitted.crop(region), width, height)

    return _per_part(picture, crop)


def _upscales(request: GenerationRequest) -> bool:
    """True if a script that enlarges is at work, known as in the original by its infotext pairs."""
    return any("upscale" in name.lower() and "Hires" not in name for name, _ in request.pairs)


def _per_part(picture: Array, change: Callable[[Image.Image], Image.Image]) -> Array:
    """Change colours and mask separately."""
    colours = np.array(change(Image.fromarray(picture[:, :, :3])).convert("RGB"))
    if picture.shape[2] == 3:
        return colours
    alpha = change(Image.fromarray(np.ascontiguousarray(picture[:, :, 3]))).convert("L")
    return np.dstack([colours, np.array(alpha)])
