"""Put the untouched part of the original over a repainted picture."""

from __future__ import annotations

from PIL import Image, ImageOps

from pipelines.contract.heed import Pieces, in_one_go
from pipelines.pictures.resize import CROP, FILL, Enlarger, resize_in_pieces, resize_picture


def make_overlay(picture: Image.Image, mask: Image.Image) -> Image.Image:
    """The original where ``mask`` is black, transparent where it is white; RGBA."""
    layer = Image.new("RGBa", picture.size)
    layer.paste(picture.convert("RGBA").convert("RGBa"), mask=ImageOps.invert(mask.convert("L")))
    return layer.convert("RGBA")


def uncrop(picture: Image.Image, size: tuple[int, int], paste_to: tuple[int, int, int, int]) -> Image.Image:
    """Lay a repainted crop on a transparent canvas of the whole picture's size; RGBA, resized by Lanczos."""
    return in_one_go(uncrop_in_pieces(picture, size, paste_to, None))


def uncrop_in_pieces(
    picture: Image.Image,
    size: tuple[int, int],
    paste_to: tuple[int, int, int, int],
    upscaler: Enlarger | None,
) -> Pieces[Image.Image]:
    """The same with an upscaler where the crop has to grow; None is Lanczos."""
    x, y, width, height = paste_to
    canvas = Image.new("RGBA", size)
    canvas.paste((yield from resize_in_pieces(CROP, picture, width, height, upscaler)), (x, y))
    return canvas


def apply_overlay(
    picture: Image.Image,
    overlay: Image.Image | None,
    paste_to: tuple[int, int, int, int] | None,
) -> Image.Image:
    """Composite the overlay over ``picture``; without one the picture is unchanged."""
    if overlay is None:
        return picture
    if paste_to is not None:
        picture = uncrop(picture, overlay.size, paste_to)
    canvas = picture.convert("RGBA")
    canvas.alpha_composite(overlay)
    return canvas.convert("RGB")


def masked_composite(denoised: Image.Image, mask: Image.Image) -> Image.Image:
    """The repainted part alone, transparent elsewhere; RGBA."""
    layer = denoised.convert("RGBA").convert("RGBa")
    clear = Image.new("RGBa", denoised.size)
    fitted = resize_picture(FILL, mask, denoised.width, denoised.height).convert("L")
    return Image.composite(layer, clear, fitted).convert("RGBA")
