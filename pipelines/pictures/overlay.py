"""Put the untouched part of the original over a repainted picture."""

from __future__ import annotations

from PIL import Image, ImageOps

from pipelines.pictures.resize import CROP, FILL, Enlarger, resize_image


def make_overlay(image: Image.Image, mask: Image.Image) -> Image.Image:
    """The original where ``mask`` is black, transparent where it is white; RGBA."""
    layer = Image.new("RGBa", image.size)
    layer.paste(image.convert("RGBA").convert("RGBa"), mask=ImageOps.invert(mask.convert("L")))
    return layer.convert("RGBA")


def uncrop(
    image: Image.Image,
    size: tuple[int, int],
    paste_to: tuple[int, int, int, int],
    upscaler: Enlarger | None = None,
) -> Image.Image:
    """Lay a repainted crop on a transparent canvas of the whole picture's size; RGBA."""
    x, y, width, height = paste_to
    canvas = Image.new("RGBA", size)
    canvas.paste(resize_image(CROP, image, width, height, upscaler), (x, y))
    return canvas


def apply_overlay(
    image: Image.Image,
    overlay: Image.Image | None,
    paste_to: tuple[int, int, int, int] | None,
    upscaler: Enlarger | None = None,
) -> Image.Image:
    """Composite the overlay over ``image``; without one the picture is unchanged."""
    if overlay is None:
        return image
    if paste_to is not None:
        image = uncrop(image, overlay.size, paste_to, upscaler)
    canvas = image.convert("RGBA")
    canvas.alpha_composite(overlay)
    return canvas.convert("RGB")


def masked_composite(denoised: Image.Image, mask: Image.Image) -> Image.Image:
    """The repainted part alone, transparent elsewhere; RGBA."""
    layer = denoised.convert("RGBA").convert("RGBa")
    clear = Image.new("RGBa", denoised.size)
    fitted = resize_image(FILL, mask, denoised.width, denoised.height).convert("L")
    return Image.composite(layer, clear, fitted).convert("RGBA")
