"""Fill the masked part of a picture with smeared surroundings (A1111's masked content "fill")."""

from __future__ import annotations

from PIL import Image, ImageFilter, ImageOps

PASSES = ((256, 1), (64, 1), (16, 2), (4, 4), (2, 2), (0, 1))
"""(blur radius in pixels, how often that layer is laid over the ones before)."""


def fill_masked(picture: Image.Image, mask: Image.Image) -> Image.Image:
    """Smear the unmasked pixels into the masked ones. ``mask`` is white where content is invented."""
    result = Image.new("RGBA", picture.size)
    unmasked = Image.new("RGBa", picture.size)
    unmasked.paste(picture.convert("RGBA").convert("RGBa"), mask=ImageOps.invert(mask.convert("L")))
    unmasked = unmasked.convert("RGBa")
    for radius, repeats in PASSES:
        layer = unmasked.filter(ImageFilter.GaussianBlur(radius)).convert("RGBA")
        for _ in range(repeats):
            result.alpha_composite(layer)
    return result.convert("RGB")
