"""Fit a map to the picture's size, with care for drawings of few colours and thin lines."""

from __future__ import annotations

import cv2
import numpy as np

from extensions.controlnet.maps.lines import skeleton, thin_peaks
from extensions.controlnet.units.pictures import Array, Map
from extensions.controlnet.units.spellings import ResizeMode
from pipelines.plugin import InvalidRequest

LARGEST = 2**26
"""Largest number of pixels of a scaled map, before it is cut."""
FEW_COLOURS = 200
BINARY_COLOURS = 2


def fit(array: Array, mode: ResizeMode, width: int, height: int) -> Map:
    """An (H, W, 3 or 4) map at (height, width); one with a mask in floats. Raises InvalidRequest."""
    old_height, old_width = array.shape[:2]
    if mode is ResizeMode.JUST_RESIZE:
        return resize(array, width, height)
    ratios = (height / old_height, width / old_width)
    if mode is ResizeMode.CROP:
        scaled = _scaled(array, max(ratios))
        top = max(0, (scaled.shape[0] - height) // 2)
        left = max(0, (scaled.shape[1] - width) // 2)
        return np.ascontiguousarray(scaled[top : top + height, left : left + width])
    return _filled(array, _scaled(array, min(ratios)), width, height)


def _scaled(array: Array, ratio: float) -> Map:
    height, width = array.shape[:2]
    size = max(1, round(width * ratio)), max(1, round(height * ratio))
    if size[0] * size[1] > LARGEST:
        text = f"fitted by this resize mode a map of {width}x{height} pixels becomes {size[0]}x{size[1]}"
        raise InvalidRequest(f"{text}, which is too large", field="module")
    return resize(array, *size)


def _filled(array: Array, scaled: Map, width: int, height: int) -> Map:
    """The map on one colour, the median of its border; the bars of an RGBA map count as masked."""
    borders = (array[0], array[-1], array[:, 0], array[:, -1])
    colour = np.median(np.concatenate(borders, axis=0), axis=0).astype(scaled.dtype)
    if array.shape[2] == 4:
        colour[3] = 255
    canvas = np.tile(colour[None, None], (height, width, 1))
    new_height, new_width = scaled.shape[:2]
    top, left = max(0, (height - new_height) // 2), max(0, (width - new_width) // 2)
    canvas[top : top + new_height, left : left + new_width] = scaled
    return canvas


def resize(array: Array, width: int, height: int) -> Map:
    """Resize by the filter that suits the map's colours and lines; an alpha channel becomes 0 or 255."""
    colours, alpha = np.ascontiguousarray(array[:, :, :3]), None
    if array.shape[2] == 4:
        alpha = array[:, :, 3]
    same = (width, height) == (array.shape[1], array.shape[0])
    count = count_colours(colours)
    kind = _filter(colours, count, width * height)
    exact: Map = colours if alpha is None else colours.astype(np.float32)
    result = exact if same else _resized_colours(exact, count, width, height, kind)
    if alpha is None:
        return result
    small = alpha if same else cv2.resize(alpha.astype(np.float32), (width, height), interpolation=kind)
    return np.dstack([result, np.where(small > 127, 255, 0).astype(np.float32)])


def count_colours(colours: Array) -> int:
    """The number of different colours in an (h, w, 3) picture."""
    red, green, blue = (colours[:, :, index].astype(np.uint32) for index in range(3))
    present = np.zeros(2**24, np.bool_)
    present[(red << 16) | (green << 8) | blue] = True
    return int(np.count_nonzero(present))


def _filter(colours: Array, count: int, area: int) -> int:
    if BINARY_COLOURS < count < FEW_COLOURS:
        return cv2.INTER_NEAREST
    return cv2.INTER_AREA if area < colours.shape[0] * colours.shape[1] else cv2.INTER_CUBIC


def _resized_colours(colours: Map, count: int, width: int, height: int, kind: int) -> Map:
    binary = count == BINARY_COLOURS and colours.min() < 16 and colours.max() > 240
    thin = binary and _is_thin(colours)
    result = np.asarray(cv2.resize(colours, (width, height), interpolation=kind), colours.dtype)
    if not binary:
        return result
    flat = np.mean(result.astype(np.float32), axis=2).clip(0, 255).astype(np.uint8)
    if thin:
        flat = thin_peaks(flat)
    _, flat = cv2.threshold(flat, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    flat = np.asarray(flat, np.uint8)
    if thin:
        enlarged = width * height > colours.shape[0] * colours.shape[1]
        flat = skeleton(flat, prune=enlarged)
    return np.dstack([flat, flat, flat])


def _is_thin(colours: Map) -> bool:
    """True if an opening removes more than half of the white, as it does with lines of one pixel."""
    opened = cv2.dilate(
        cv2.erode(colours, np.ones((3, 3), np.uint8), iterations=1), np.ones((3, 3), np.uint8), iterations=1
    )
    lost = np.count_nonzero(colours > 127) - np.count_nonzero(np.asarray(opened) > 127)
    return bool(2 * lost > np.count_nonzero(colours > 127))
