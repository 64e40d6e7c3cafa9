"""Colour correction: match the LAB histogram of a reference, keep the luminosity of the result."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

_LUMA = np.array([0.299, 0.587, 0.114])


def lab_reference(picture: Image.Image) -> NDArray[np.uint8]:
    """The picture in OpenCV's 8-bit LAB, (height, width, 3)."""
    return cv2.cvtColor(np.array(picture.convert("RGB")), cv2.COLOR_RGB2LAB).astype(np.uint8)


def correct_colors(picture: Image.Image, reference: NDArray[np.uint8]) -> Image.Image:
    """Give ``picture`` the colour distribution of ``reference`` (LAB) and its own luminosity."""
    lab = lab_reference(picture)
    channels = [_match(lab[:, :, c], reference[:, :, c]) for c in range(3)]
    matched = np.stack(channels, axis=-1).astype(np.uint8)
    corrected = cv2.cvtColor(matched, cv2.COLOR_LAB2RGB).astype(np.float64) / 255.0
    current = np.array(picture.convert("RGB")).astype(np.float64) / 255.0
    return Image.fromarray(_with_luminosity(corrected, current))


def _match(source: NDArray[np.uint8], reference: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Map values so that their cumulative distribution equals the reference's."""
    src_counts = np.bincount(source.reshape(-1))
    ref_counts = np.bincount(reference.reshape(-1))
    ref_values = np.nonzero(ref_counts)[0]
    src_quantiles = np.cumsum(src_counts) / source.size
    ref_quantiles = np.cumsum(ref_counts[ref_values]) / reference.size
    lookup: NDArray[np.float64] = np.interp(src_quantiles, ref_quantiles, ref_values)
    return lookup[source]


def _with_luminosity(color: NDArray[np.float64], light: NDArray[np.float64]) -> NDArray[np.uint8]:
    """W3C compositing "luminosity" blend of two (h, w, 3) pictures in 0..1; truncated to bytes."""
    shifted = color + ((light - color) @ _LUMA)[..., None]
    lum = (shifted @ _LUMA)[..., None]
    low, high = shifted.min(-1, keepdims=True), shifted.max(-1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        raised = lum + (shifted - lum) * lum / (lum - low)
        lowered = lum + (shifted - lum) * (1 - lum) / (high - lum)
    out = np.where(low < 0.0, raised, shifted)
    out = np.where(high > 1.0, lowered, out)
    return (np.clip(out, 0.0, 1.0) * 255.0).astype(np.uint8)
