"""Inpaint and outpaint: what is drawn, and how it is laid back into the picture."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from extensions.fooocus.drawing.canvas import DrawingStart, plain_canvas
from extensions.fooocus.drawing.checkpoint import model_of
from extensions.fooocus.drawing.enlarging import enlarged
from extensions.fooocus.drawing.fill import filled
from extensions.fooocus.drawing.geometry import fitted, measure, resized
from extensions.fooocus.drawing.inpaint_files import engine_files
from extensions.fooocus.drawing.masks import Mask, binary, changed, latent_mask, read_mask, softened
from extensions.fooocus.drawing.outpaint import Pixels, grown, margins
from extensions.fooocus.drawing.reading import as_png, flat
from extensions.fooocus.drawing.region import Region, region_of
from extensions.fooocus.kinds import FooocusRequest, InpaintWish
from pipelines.plugin import Img2Img, Inpaint, Pieces, check_picture

if TYPE_CHECKING:
    from pipelines.plugin import Services

FROM_SCRATCH = 0.99
"""The strength above which the covered part is filled before it is drawn."""
NOTHING, AS_IT_IS = 3, 1
"""Masked content in the core's numbers."""
EMPTY = "input_mask: nothing is to be repainted, so the picture was made from words alone"
Warn = Callable[[str], None]


def inpaint_canvas(
    request: FooocusRequest, wish: InpaintWish, services: Services, warn: Warn
) -> Pieces[DrawingStart]:
    """The part of the picture that is looked at, prepared; what is drawn is laid back into the whole."""
    picture = flat(wish.image, field="input_image")
    mask = changed(read_mask(wish.mask, picture.size, field="input_mask"), grow=wish.grow, invert=wish.invert)
    room = margins(picture.size, wish.sides, wish.distances)
    check_picture(
        "outpaint_distance_left",
        picture.width + room[0] + room[1],
        picture.height + room[2] + room[3],
        services.settings.limits,
    )
    pixels, mask = grown(np.asarray(picture), mask, room)
    if not mask.any():
        warn(EMPTY)
        return plain_canvas(request)
    region = region_of(mask, wish.field)
    part, covered = yield from _part(request, pixels, mask, region, services, warn)
    if wish.strength > FROM_SCRATCH:
        part = filled(part, covered)
    if wish.debug:
        return DrawingStart(size=picture.size, product=_stages(part, covered, pixels, region))
    height, width = covered.shape
    return DrawingStart(
        size=(width, height),
        start=_start(part, covered, wish, model_of(request, services).latents.cell),
        strength=wish.strength,
        finish=lambda drawn: laid_back(drawn, pixels, mask, region),
        engine=engine_files(request, wish.engine, services, warn),
    )


def _part(
    request: FooocusRequest, pixels: Pixels, mask: Mask, region: Region, services: Services, warn: Warn
) -> Pieces[tuple[Pixels, Mask]]:
    """The region of picture and mask, at the side that the checkpoint draws best."""
    part = Image.fromarray(pixels).crop(region.box)
    covered = Image.fromarray(mask).crop(region.box)
    size = fitted(*part.size, request.native)
    if measure(*part.size) < request.native:
        part = yield from enlarged(part, size, services, request.base.options, warn)
    part = resized(part, size)
    covered = covered.resize(size, Image.Resampling.LANCZOS)
    return np.asarray(part), binary(np.asarray(covered))


def _start(part: Pixels, covered: Mask, wish: InpaintWish, cell: int) -> Img2Img:
    return Img2Img(
        images=(as_png(Image.fromarray(part)),),
        inpaint=Inpaint(
            mask=as_png(Image.fromarray(covered)),
            latent_mask=as_png(Image.fromarray(latent_mask(covered, cell))),
            blur_x=0,
            blur_y=0,
            fill=NOTHING if wish.from_noise else AS_IT_IS,
            only_masked=False,
        ),
    )


def _stages(part: Pixels, covered: Mask, pixels: Pixels, region: Region) -> tuple[Image.Image, ...]:
    """The pictures that debugging shows: the filled part, its mask, and the region before."""
    crop = Image.fromarray(pixels).crop(region.box)
    return Image.fromarray(part), Image.fromarray(covered).convert("RGB"), crop


def laid_back(drawn: Image.Image, pixels: Pixels, mask: Mask, region: Region) -> Image.Image:
    """The whole picture with what was drawn in it, softly at the mask's edge."""
    left, top, right, bottom = region.box
    whole = pixels.astype(np.float64)
    fitting = resized(drawn.convert("RGB"), (right - left, bottom - top))
    whole[top:bottom, left:right] = np.asarray(fitting)
    soft = softened(mask)[:, :, None]
    mixed = soft * whole + (1 - soft) * pixels
    return Image.fromarray(np.clip(np.rint(mixed), 0, 255).astype(np.uint8))
