"""Prepare the pictures and the mask that an img2img request starts from."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pipelines.contract.errors import InvalidRequest
from pipelines.contract.heed import Pieces, heeding
from pipelines.contract.requests import GenerationRequest, Img2Img, Inpaint
from pipelines.generation.sampling_pass import InitImages
from pipelines.pictures.color import lab_reference
from pipelines.pictures.decode import decode_as_stored, decode_picture
from pipelines.pictures.fill import fill_masked
from pipelines.pictures.masks import PreparedMask, binary_mask, blurred, invert, prepare_mask
from pipelines.pictures.overlay import make_overlay
from pipelines.pictures.resize import FILL, LATENT, Enlarger, flatten, resize_in_pieces

ORIGINAL = 1
"""Value of the masked content "original": what is masked stays what it is."""
PNG_MODES = frozenset({"1", "L", "LA", "P", "RGB", "RGBA", "I;16"})
BLANK = {
    True: "mask: it is blank, so there is nothing to crop to and the whole picture is repainted",
    False: "mask: it is blank, so nothing is repainted",
}
"""Warnings for a mask without a white pixel; True if only the masked part was wanted."""


def prepare_init_images(
    request: GenerationRequest,
    width: int,
    height: int,
    upscaler: Enlarger | None,
    *,
    cell: int,
    mask_round: bool,
    warn: Callable[[str], None],
) -> Pieces[InitImages]:
    """Flatten, resize, crop and fill; ``cell`` is the side of a latent cell in pixels.

    Raises InvalidRequest for pictures that can't be read or are too small.
    """
    source = request.img2img
    assert source is not None and 1 <= len(source.images) <= request.batch_size
    background = request.options.img2img_background_color
    flat = [
        flatten(decode_picture(data, field=f"start.images.{i}"), background)
        for i, data in enumerate(source.images)
    ]
    prepared, chosen_mask = _mask(source.inpaint, source.resize_mode, width, height, mask_round, warn)
    parts: list[tuple[Image.Image, Image.Image | None]] = []
    for picture in heeding(flat):
        part = yield from _one(picture, source, prepared, chosen_mask, width, height, upscaler)
        parts.append(part)
    pictures, overlays = [p[0] for p in parts], [p[1] for p in parts]
    _check_latent_sizes(pictures, cell)
    references = _references(source, pictures) if request.options.img2img_color_correction else []
    repeat = request.batch_size if len(pictures) == 1 else 1
    return InitImages(
        images=tuple(pictures * repeat),
        originals=tuple(flat * repeat),
        mask=prepared,
        latent_mask=chosen_mask,
        overlays=tuple(overlays * repeat),
        references=tuple(references * repeat),
        stored=_stored(source) if request.output.save_init_img else (),
    )


def _check_latent_sizes(pictures: Sequence[Image.Image], cell: int) -> None:
    """Raise InvalidRequest for sizes that resize_mode 3 passes on and no encoder takes."""
    for number, picture in enumerate(pictures):
        if min(picture.size) < cell:
            text = f"with resize_mode 3 it must have {cell}x{cell} pixels at least"
            raise InvalidRequest(text, field=f"start.images.{number}")
        if picture.size != pictures[0].size:
            text = "with resize_mode 3 all init images must have one size"
            raise InvalidRequest(text, field=f"start.images.{number}")


def _stored(source: Img2Img) -> tuple[Image.Image, ...]:
    """The pictures in the mode of their files, or in eight bits where PNG has no such mode."""
    pictures = [decode_as_stored(data, field=f"start.images.{i}") for i, data in enumerate(source.images)]
    return tuple(
        picture if picture.mode in PNG_MODES else decode_picture(data, field=f"start.images.{number}")
        for number, (picture, data) in enumerate(zip(pictures, source.images, strict=True))
    )


def pixel_hash(picture: Image.Image) -> str:
    """MD5 of the raw pixels, which names a saved init picture."""
    return hashlib.md5(picture.tobytes(), usedforsecurity=False).hexdigest()


def _references(source: Img2Img, pictures: list[Image.Image]) -> list[NDArray[np.uint8]]:
    """Return the colours to match, per picture; a reference of its own is taken as it came, not resized."""
    if source.color_reference is None:
        return [lab_reference(picture) for picture in pictures]
    own = decode_picture(source.color_reference, field="start.images")
    return [lab_reference(own)] * len(pictures)


def _mask(
    inpaint: Inpaint | None,
    resize_mode: int,
    width: int,
    height: int,
    mask_round: bool,
    warn: Callable[[str], None],
) -> tuple[PreparedMask | None, Image.Image | None]:
    """Return the prepared mask and the mask for latent space."""
    if inpaint is None:
        return None, None
    mask = binary_mask(decode_picture(inpaint.mask, field="mask.picture"), rounded=mask_round)
    if inpaint.invert:
        mask = invert(mask)
    if mask.getbbox() is None:
        warn(BLANK[inpaint.only_masked])
    mask = blurred(mask, inpaint.blur_x, inpaint.blur_y)
    prepared = prepare_mask(
        mask,
        width=width,
        height=height,
        only_masked=inpaint.only_masked,
        padding=inpaint.padding,
        resize_mode=resize_mode,
    )
    if prepared is None:
        return None, None
    if inpaint.latent_mask is not None:
        return prepared, decode_picture(inpaint.latent_mask, field="mask.latent_mask")
    return prepared, prepared.image


def _one(
    picture: Image.Image,
    source: Img2Img,
    mask: PreparedMask | None,
    latent_mask: Image.Image | None,
    width: int,
    height: int,
    upscaler: Enlarger | None,
) -> Pieces[tuple[Image.Image, Image.Image | None]]:
    """Bring a picture to process size, and make its overlay."""
    region = mask.region if mask is not None else None
    if region is None and source.resize_mode != LATENT:
        picture = yield from resize_in_pieces(source.resize_mode, picture, width, height, upscaler)
    if mask is None:
        return picture, None
    fitted = yield from _fit_overlay(mask, picture, source.resize_mode, upscaler)
    overlay = make_overlay(picture, fitted.overlay)
    if region is not None:
        picture = yield from resize_in_pieces(FILL, picture.crop(region), width, height, upscaler)
    if source.inpaint is not None and source.inpaint.fill != ORIGINAL and latent_mask is not None:
        if picture.size != latent_mask.size:
            text = f"with this masked content the init image must have {width}x{height} pixels"
            raise InvalidRequest(text, field="mask.fill")
        picture = fill_masked(picture, latent_mask)
    return picture, overlay


def _fit_overlay(
    mask: PreparedMask, picture: Image.Image, resize_mode: int, upscaler: Enlarger | None
) -> Pieces[PreparedMask]:
    if mask.overlay.size == picture.size:
        return mask
    overlay = yield from resize_in_pieces(resize_mode, mask.overlay, picture.width, picture.height, upscaler)
    return replace(mask, overlay=overlay)
