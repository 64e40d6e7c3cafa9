"""Masks of found things: drawn, shifted, grown or shrunk, merged."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from extensions.adetailer.detect.found import FoundThing
from extensions.adetailer.units.unit import DetailUnit, MaskMerge

MaskPixels = NDArray[np.uint8]
"""(h, w), 255 where it is repainted."""


def draw_masks(things: Sequence[FoundThing], unit: DetailUnit, size: tuple[int, int]) -> list[MaskPixels]:
    """One for each thing, or one for all; empty ones are gone. ``size``: width, height."""
    masks = [_drawn(thing, size) for thing in things]
    masks = [_grown(shifted(mask, unit.x_offset, unit.y_offset), unit.dilate_erode) for mask in masks]
    masks = [mask for mask in masks if mask.any()]
    if unit.mask_merge_invert is MaskMerge.NONE or not masks:
        return masks
    merged = np.maximum.reduce(masks)
    inverted = unit.mask_merge_invert is MaskMerge.INVERT
    return [mask for mask in ((255 - merged) if inverted else merged,) if mask.any()]


def _drawn(thing: FoundThing, size: tuple[int, int]) -> MaskPixels:
    if thing.outline is not None:
        return thing.outline
    mask = np.zeros((size[1], size[0]), dtype=np.uint8)
    left, top, right, bottom = (int(side) for side in thing.box)
    mask[max(0, top) : bottom + 1, max(0, left) : right + 1] = 255
    return mask


def shifted(mask: MaskPixels, right: int, up: int) -> MaskPixels:
    """The mask moved to the right and up; what leaves the picture is gone."""
    if not right and not up:
        return mask
    height, width = mask.shape
    moved = np.zeros_like(mask)
    x_from, x_to = max(0, -right), max(0, right)
    y_from, y_to = max(0, up), max(0, -up)
    columns, rows = width - abs(right), height - abs(up)
    if columns > 0 and rows > 0:
        moved[y_to : y_to + rows, x_to : x_to + columns] = mask[
            y_from : y_from + rows, x_from : x_from + columns
        ]
    return moved


def _grown(mask: MaskPixels, pixels: int) -> MaskPixels:
    """Dilated by a square of so many pixels, eroded by one where they are negative."""
    if pixels == 0:
        return mask
    square = np.ones((abs(pixels), abs(pixels)), dtype=np.uint8)
    change = cv2.dilate if pixels > 0 else cv2.erode
    return np.asarray(change(mask, square), dtype=np.uint8)
