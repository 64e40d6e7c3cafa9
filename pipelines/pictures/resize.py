"""A1111's resize modes: stretch, crop, and fill with stretched edges."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from PIL import Image

from pipelines.contract.errors import InvalidRequest
from pipelines.contract.heed import Pieces, in_one_go
from pipelines.pictures.canvas import plain_canvas

STRETCH, CROP, FILL, LATENT = 0, 1, 2, 3
LARGEST = 2**27
"""Pixels at most while a picture is resized."""
Enlarger: TypeAlias = Callable[[Image.Image, float], Pieces[Image.Image]]
"""Enlarges a picture by at least a factor, tile by tile."""


def resize_picture(mode: int, picture: Image.Image, width: int, height: int) -> Image.Image:
    """Resize by Lanczos to ``width`` x ``height`` pixels; see ``resize_in_pieces`` for the modes."""
    return in_one_go(resize_in_pieces(mode, picture, width, height, None))


def resize_in_pieces(
    mode: int, picture: Image.Image, width: int, height: int, upscaler: Enlarger | None
) -> Pieces[Image.Image]:
    """Resize to ``width`` x ``height`` pixels; None enlarges by Lanczos.

    Mode 0 stretches, 1 crops to the aspect ratio, any other value fits the picture inside and fills the
    bars with its stretched edges. Modes other than 0 answer in RGB. Raises InvalidRequest for a picture that
    would become too large on the way.
    """
    if mode == STRETCH:
        return (yield from _scale(picture, width, height, upscaler))
    if mode == CROP:
        return (yield from _crop(picture, width, height, upscaler))
    return (yield from _fill(picture, width, height, upscaler))


def _scale(picture: Image.Image, width: int, height: int, upscaler: Enlarger | None) -> Pieces[Image.Image]:
    _check_size(picture, width, height)
    if upscaler is None or picture.mode == "L":
        return picture.resize((width, height), Image.Resampling.LANCZOS)
    scale = max(width / picture.width, height / picture.height)
    if scale > 1.0:
        _check_size(picture, int(picture.width * scale), int(picture.height * scale))
        picture = yield from upscaler(picture, scale)
    if picture.size != (width, height):
        picture = picture.resize((width, height), Image.Resampling.LANCZOS)
    return picture


def _check_size(picture: Image.Image, width: int, height: int) -> None:
    """Raises InvalidRequest for thin pictures that grow without measure before they are cropped."""
    if width * height > LARGEST:
        text = (
            f"a picture of {picture.width}x{picture.height} pixels becomes one of {width}x{height} "
            "on its way to the wanted size, which is too large"
        )
        raise InvalidRequest(text, field="start.resize_mode")


def _pasted(resized: Image.Image, width: int, height: int) -> Image.Image:
    canvas = Image.new("RGB", (width, height))
    canvas.paste(resized, (width // 2 - resized.width // 2, height // 2 - resized.height // 2))
    return canvas


def _crop(picture: Image.Image, width: int, height: int, upscaler: Enlarger | None) -> Pieces[Image.Image]:
    wanted, source = width / height, picture.width / picture.height
    w = width if wanted > source else picture.width * height // picture.height
    h = height if wanted <= source else picture.height * width // picture.width
    return _pasted((yield from _scale(picture, max(1, w), max(1, h), upscaler)), width, height)


def _fill(picture: Image.Image, width: int, height: int, upscaler: Enlarger | None) -> Pieces[Image.Image]:
    wanted, source = width / height, picture.width / picture.height
    w = width if wanted < source else picture.width * height // picture.height
    h = height if wanted >= source else picture.height * width // picture.width
    w, h = max(1, w), max(1, h)
    resized = yield from _scale(picture, w, h, upscaler)
    canvas = _pasted(resized, width, height)
    if wanted < source:
        bar = height // 2 - h // 2
        if bar > 0:
            canvas.paste(resized.resize((width, bar), box=(0, 0, width, 0)), (0, 0))
            canvas.paste(resized.resize((width, bar), box=(0, h, width, h)), (0, bar + h))
    elif wanted > source:
        bar = width // 2 - w // 2
        if bar > 0:
            canvas.paste(resized.resize((bar, height), box=(0, 0, 0, height)), (0, 0))
            canvas.paste(resized.resize((bar, height), box=(w, 0, w, height)), (bar + w, 0))
    return canvas


def flatten(picture: Image.Image, background: str) -> Image.Image:
    """Composite transparency over a colour such as ``#ffffff`` and answer in RGB. Raises InvalidRequest."""
    if picture.mode == "RGBA":
        ground = plain_canvas("RGBA", picture.size, background, option="img2img_background_color")
        ground.paste(picture, mask=picture)
        picture = ground
    return picture.convert("RGB")
