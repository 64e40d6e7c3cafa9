"""The start of a job's pictures, and the finish of each when it is drawn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PIL import Image

from extensions.fooocus.drawing.checkpoint import model_of
from extensions.fooocus.drawing.enlarging import enlarged
from extensions.fooocus.drawing.geometry import fitted, measure, resized, whole
from extensions.fooocus.drawing.reading import as_png, flat
from extensions.fooocus.kinds import FooocusRequest, UpscaleWish
from extensions.fooocus.steering.call import InpaintFiles
from pipelines.plugin import Img2Img, Pieces

if TYPE_CHECKING:
    from pipelines.plugin import Services

LARGEST = 2800 / 1024
"""Multiple of the native side; an enlarged picture beyond it is not drawn over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawingStart:
    """``size``: width and height to draw at. ``start``: what is drawn over at ``strength``; None is noise.

    ``product``: pictures that are the answer, with nothing drawn. ``finish`` makes a drawn picture the
    answer's. ``engine``: the weights that repaint.
    """

    size: tuple[int, int]
    start: Img2Img | None = None
    strength: float | None = None
    steps: int | None = None
    product: tuple[Image.Image, ...] = ()
    finish: Callable[[Image.Image], Image.Image] = lambda image: image
    engine: InpaintFiles | None = None


def plain_canvas(request: FooocusRequest) -> DrawingStart:
    """Noise of the size that was asked for."""
    return DrawingStart(size=(request.base.width, request.base.height))


def upscale_canvas(
    request: FooocusRequest, wish: UpscaleWish, services: Services, warn: Callable[[str], None]
) -> Pieces[DrawingStart]:
    """The picture to vary, or the enlarged one, which may be the answer."""
    picture = flat(wish.image, field="input_image")
    if wish.factor is None:
        return (yield from _varied(request, wish, picture, services, warn))
    wanted = round(picture.width * wish.factor), round(picture.height * wish.factor)
    small = measure(*wanted) < request.native and not wish.fast
    size = fitted(*wanted, request.native) if small else wanted
    larger = yield from enlarged(picture, size, services, request.base.options, warn)
    if wish.fast:
        return DrawingStart(size=size, product=(larger,))
    if measure(*size) > LARGEST * request.native:
        warn("uov_method: the enlarged picture is too large to be drawn over; it is as the upscaler made it")
        return DrawingStart(size=size, product=(larger,))
    larger = resized(larger, whole(*size, model_of(request, services).latents))
    return _drawn_over(larger, wish.strength, request.upscale_steps)


def _varied(
    request: FooocusRequest,
    wish: UpscaleWish,
    picture: Image.Image,
    services: Services,
    warn: Callable[[str], None],
) -> Pieces[DrawingStart]:
    """The picture at a size that the checkpoint draws well: between its native side and twice that."""
    now = measure(*picture.size)
    side = min(max(now, request.native), 2 * request.native)
    size = fitted(*picture.size, side)
    if side == now:
        size = whole(*picture.size, model_of(request, services).latents)
    larger = yield from enlarged(picture, size, services, request.base.options, warn)
    return _drawn_over(larger, wish.strength, None)


def _drawn_over(picture: Image.Image, strength: float, steps: int | None) -> DrawingStart:
    return DrawingStart(
        size=picture.size, start=Img2Img(images=(as_png(picture),)), strength=strength, steps=steps
    )
