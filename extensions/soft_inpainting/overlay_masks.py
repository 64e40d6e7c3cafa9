"""Masks of overlays that follow the changes of the latents, cell by cell."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image, ImageFilter
from torch import Tensor

from extensions.soft_inpainting.settings import SoftSettings
from pipelines.plugin import FILL, binary_mask, resize_picture, uncrop

Map = NDArray[np.float64]


def soft_overlay_masks(
    result: Tensor,
    init: Tensor,
    repaint: Tensor,
    settings: SoftSettings,
    *,
    width: int,
    height: int,
    paste_to: tuple[int, int, int, int] | None,
    overlay_size: tuple[int, int],
) -> list[Image.Image]:
    """One L mask per picture, white where the result changed enough to be shown.

    ``result`` and ``init``: (batch, C, h, w) latents; ``repaint``: (C or 1, h, w).
    """
    opening = repaint[0].to(torch.float64).clamp(0, 1).cpu().numpy() ** (settings.scale / 2)
    threshold = 1.0 - opening
    threshold = 0.5 * (1.0 - settings.mask_influence) + threshold * settings.mask_influence
    threshold = threshold / (1.00001 - threshold)
    masks: list[Image.Image] = []
    for after, before in zip(result, init, strict=True):
        distance = (after - before).norm(dim=0).to(torch.float64).cpu().numpy()
        shown = _changed(distance, threshold, settings)
        mask = Image.fromarray((shown * 255.0).astype(np.uint8))
        mask = binary_mask(resize_picture(FILL, mask, width, height), rounded=False)
        mask = mask.filter(ImageFilter.GaussianBlur(4))
        if paste_to is not None:
            mask = uncrop(mask, overlay_size, paste_to).convert("L")
        masks.append(mask)
    return masks


def _changed(distance: Map, threshold: Map, settings: SoftSettings) -> Map:
    """0..1 per latent cell: the visibility of its change, smoothly stepped."""
    smooth = _histogram_filter(_histogram_filter(distance, 0.9, 1.0), 0.25, 0.75)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = smooth / (settings.difference_threshold * threshold)
        kept = 1.0 / (1.0 + ratio**settings.difference_contrast)
    kept = np.nan_to_num(kept, nan=1.0)
    kept = kept**3 * (kept * (kept * 6.0 - 15.0) + 10.0)
    return 1.0 - kept


def _kernel() -> list[tuple[int, int, float]]:
    """(dy, dx, weight) of a 5x5 Gaussian with sigma 1.5/sqrt(2), lowered so that it is 0 at radius 3."""
    floor = float(np.exp(-9 / 1.5**2))
    cells: list[tuple[int, int, float]] = []
    for dy in range(-2, 3):
        for dx in range(-2, 3):
            weight = (float(np.exp(-(dx * dx + dy * dy) / 1.5**2)) - floor) / (1.0 - floor)
            cells.append((dy, dx, max(0.0, weight)))
    return cells


def _histogram_filter(picture: Map, low: float, high: float) -> Map:
    """The mean of each cell's 5x5 window between two fractions of its weighted histogram.

    The part between them weighs at least 1, as a window's middle does.
    """
    h, w = picture.shape
    padded = np.pad(picture, 2)
    inside = np.pad(np.ones_like(picture), 2)
    values = np.stack([padded[2 + y : 2 + y + h, 2 + x : 2 + x + w] for y, x, _ in _kernel()])
    weights = np.stack([k * inside[2 + y : 2 + y + h, 2 + x : 2 + x + w] for y, x, k in _kernel()])
    order = np.argsort(values, axis=0, kind="stable")
    values, weights = np.take_along_axis(values, order, 0), np.take_along_axis(weights, order, 0)
    ends = np.cumsum(weights, axis=0)
    total = ends[-1]
    start, stop = _window(total * low, total * high, total)
    overlap = np.clip(np.minimum(ends, stop) - np.maximum(ends - weights, start), 0.0, None)
    return (values * overlap).sum(0) / overlap.sum(0)


def _window(start: Map, stop: Map, total: Map) -> tuple[Map, Map]:
    grow = np.maximum(1.0 - (stop - start), 0.0) / 2
    start, stop = start - grow, stop + grow
    below = np.maximum(-start, 0.0)
    start, stop = start + below, stop + below
    above = np.maximum(stop - total, 0.0)
    return np.maximum(start - above, 0.0), stop - above
