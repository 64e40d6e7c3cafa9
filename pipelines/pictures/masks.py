"""The inpainting mask: thresholding, blur, the crop region of "only masked", and its latent form."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from pipelines.pictures.resize import FILL, resize_picture

Box = tuple[int, int, int, int]
"""(x1, y1, x2, y2) in pixels, right and bottom exclusive."""


def binary_mask(picture: Image.Image, *, rounded: bool) -> Image.Image:
    """Return the mask in L mode: the alpha of a partly transparent picture, the lightness of others."""
    if picture.mode == "RGBA" and picture.getextrema()[-1] != (255, 255):
        alpha = picture.split()[-1].convert("L")
        return alpha.point([0] * 129 + [255] * 127) if rounded else alpha
    return picture.convert("L")


def blurred(mask: Image.Image, blur_x: int, blur_y: int) -> Image.Image:
    """Separable Gaussian blur with sigma ``blur`` and A1111's kernel width 2*int(2.5*blur+0.5)+1."""
    for blur, horizontal in ((blur_x, True), (blur_y, False)):
        if blur > 0:
            size = 2 * int(2.5 * blur + 0.5) + 1
            kernel = (size, 1) if horizontal else (1, size)
            mask = Image.fromarray(cv2.GaussianBlur(np.array(mask), kernel, float(blur)))
    return mask


def crop_region(mask: Image.Image, padding: int) -> Box | None:
    """Return the bounding box of non-zero pixels, padded and clipped; None for an empty mask."""
    box = mask.getbbox()
    if box is None:
        return None
    x1, y1, x2, y2 = box
    return (
        max(x1 - padding, 0),
        max(y1 - padding, 0),
        min(x2 + padding, mask.width),
        min(y2 + padding, mask.height),
    )


def expand_region(region: Box, width: int, height: int, mask_width: int, mask_height: int) -> Box:
    """Grow a crop region to the aspect ratio of ``width`` x ``height``, inside the picture if possible."""
    x1, y1, x2, y2 = region
    if (x2 - x1) / (y2 - y1) > width / height:
        y1, y2 = _grown(y1, y2, (x2 - x1) / (width / height), mask_height)
    else:
        x1, x2 = _grown(x1, x2, (y2 - y1) * (width / height), mask_width)
    return x1, y1, x2, y2


def _grown(low: int, high: int, needed: float, limit: int) -> tuple[int, int]:
    extra = int(needed - (high - low))
    low -= extra // 2
    high += extra - extra // 2
    if high >= limit:
        low, high = low - (high - limit), limit
    if low < 0:
        low, high = 0, high - low
    return low, min(high, limit)


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedMask:
    """A request's mask, ready for use.

    ``image``: at process size, what is repainted. ``overlay``: at picture size, what the overlay spares.
    ``region``: the crop of "only masked", None for the whole picture.
    """

    image: Image.Image
    overlay: Image.Image
    region: Box | None

    @property
    def paste_to(self) -> tuple[int, int, int, int] | None:
        """(x, y, width, height) where the repainted crop goes back."""
        if self.region is None:
            return None
        x1, y1, x2, y2 = self.region
        return x1, y1, x2 - x1, y2 - y1


def prepare_mask(
    mask: Image.Image, *, width: int, height: int, only_masked: bool, padding: int, resize_mode: int
) -> PreparedMask | None:
    """Cut or resize a blurred L mask to the process size; None when "only masked" finds nothing."""
    if not only_masked:
        picture = resize_picture(resize_mode, mask, width, height)
        doubled = np.clip(np.array(picture).astype(np.float32) * 2, 0, 255).astype(np.uint8)
        return PreparedMask(image=picture, overlay=Image.fromarray(doubled), region=None)
    region = crop_region(mask.convert("L"), padding)
    if region is None:
        return None
    region = expand_region(region, width, height, mask.width, mask.height)
    picture = resize_picture(FILL, mask.crop(region), width, height)
    return PreparedMask(image=picture, overlay=mask, region=region)


def invert(mask: Image.Image) -> Image.Image:
    """Exchange black and white."""
    return ImageOps.invert(mask)


def latent_mask(mask: Image.Image, width: int, height: int, *, rounded: bool) -> NDArray[np.float32]:
    """The mask at latent size, (height, width) in 0..1; bicubic, then rounded half to even if wanted."""
    small = mask.convert("RGB").resize((width, height))
    values = np.array(small)[:, :, 0].astype(np.float32) / 255.0
    return np.around(values).astype(np.float32) if rounded else values
