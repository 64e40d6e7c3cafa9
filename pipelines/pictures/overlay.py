"""Put the untouched part of the original over a repainted picture."""

from __future__ import annotations

from PIL import Image, ImageOps

from pipelines.pictures.resize import CROP, FILL, Enlarger, resize_picture


def make_overlay(picture: Image.Image, mask: Image.Image) -> Image.Image:
    """The original where ``mask`` is black, transparent where it is white; RGBA."""
    layer = Image.new("RGBa", picture.size)
    layer.paste(picture.convert("RGBA").convert("RGBa"), mask=ImageOps.invert(mask.convert("L")))
    return layer.convert("RGBA")


def uncrop(
    picture: Image.Image,
    size: tuple[int, int],
    paste_to: tuple[int, int, int, int],
    upscaler: Enlarger | None = None,
) -> Image.Image:
    """Lay a repainted crop on a transparent canvas of the whole picture's size; RGBA."""
    x, y, width, height = paste_to
    canvas = Image.new("RGBA", size)
    canvas.paste(resize_picture(CROP, picture, width, height, upscaler), (x, y))
    return canvas


def apply_overlay(
    picture: Image.Image,
    overlay: Image.Image | None,
    paste_to: tuple[int, int, int, int] | None,
    upscaler: Enlarger | None = None,
) -> Image.Image:
    """Composite the overlay over ``picture``; without one the picture is unchanged."""
    if overlay is None:
        return picture
    if paste_to is not None:
        picture = uncrop(picture, overlay.size, paste_to, upscaler)
    canvas = picture.convert("RGBA")
    canvas.alpha_composite(overlay)
    return canvas.convert("RGB")


def masked_composite(denoised: Image.Image, mask: Image.Image) -> Image.Image:
    """The repainted part alone, transparent elsewhere; RGBA."""
    layer = denoised.convert("RGBA").convert("RGBa")
    clear = Image.new("RGBa", denoised.size)
    fitted = resize_picture(FILL, mask, denoised.width, denoised.height).convert("L")
    return Image.composite(layer, clear, fitted).convert("RGBA")
