"""Masks with soft edges."""

from __future__ import annotations

import cv2
import numpy as np
from PIL import Image, ImageFilter


def faded(mask: Image.Image, threshold: int, size: int) -> Image.Image:
    """A mask whose black part fades into white over ``size`` pixels around it."""
    array = np.asarray(mask)
    black = array <= threshold
    if size <= 0 or not black.any():
        return Image.fromarray(np.where(black, 0, 255).astype(np.uint8))
    distance = cv2.distanceTransform((~black).astype(np.uint8), cv2.DIST_L2, 5)
    share = (distance / size).clip(0, 1)
    smooth = share * share * (3 - 2 * share)
    return Image.fromarray((smooth * 255).round().astype(np.uint8))


def edges(mask: Image.Image, size: int, blur: int, low: int, high: int) -> Image.Image:
    """White along the edges of a mask."""
    found = cv2.Canny(np.asarray(mask), threshold1=low, threshold2=high)
    if size > 0:
        found = cv2.dilate(found, np.ones((size, size), np.uint8), iterations=1)
    image = Image.fromarray(found)
    return image.filter(ImageFilter.BoxBlur(blur)) if blur > 0 else image


def gradient_mask(mask: Image.Image, radius: int, mode: str, least: float) -> Image.Image:
    """A mask whose black part has an edge of so many pixels, in which denoising begins later.

    ``least``: the share of denoising that the edge gets at least.
    """
    if radius <= 0:
        return mask
    wide = mask.filter(ImageFilter.MinFilter(2 * radius + 1)) if mode == "Staged" else mask
    blurs = {"Gaussian Blur": ImageFilter.GaussianBlur, "Box Blur": ImageFilter.BoxBlur}
    soft = wide if mode == "Staged" else wide.filter(blurs[mode](radius))
    core = np.asarray(mask).astype(np.float32)
    outer = np.asarray(soft).astype(np.float32)
    if mode == "Staged":
        outer = np.where(outer < 128, 128.0, 255.0)
    most = 255.0 * (1 - least)
    limited = np.where(outer < 255, np.minimum(outer, most), outer)
    return Image.fromarray(np.where(core < 128, np.minimum(core, limited), limited).astype(np.uint8))
