"""The parts of a picture that training gets: the whole, halves, the interesting part, the nearest shape."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from pipelines.contract.preprocessing import FocalCrop, MultiCrop, PreprocessRequest

MULTIPLE = 64
POINTS = 100
"""Most corners that are looked for."""
WINDOWS = 8
"""Places along the longer side where entropy is measured."""


def crops_of(picture: Image.Image, plan: PreprocessRequest) -> Iterator[Image.Image]:
    """Yield one or more pictures made of an RGB picture, at the size that training gets."""
    if plan.split and (parts := split_count(picture.size, plan)) > 1:
        yield from _split(picture, plan, parts)
    elif plan.focal is not None and picture.width * plan.height != picture.height * plan.width:
        yield _focal(picture, plan, plan.focal)
    elif plan.multi is not None:
        yield _covering(picture, best_size(picture.size, plan.multi))
    elif plan.keep_size:
        yield picture
    else:
        yield _covering(picture, (plan.width, plan.height))


def split_count(size: tuple[int, int], plan: PreprocessRequest) -> int:
    """Return the number of parts a picture is split into; 1 for one whose shape is near enough."""
    width, height = size
    tall = height * plan.width > width * plan.height
    ratio = (plan.height * width) / (plan.width * height)
    if not tall:
        ratio = 1 / ratio
    if ratio >= 1 or ratio > plan.split_threshold:
        return 1
    inside = 1 / ratio
    return int(np.ceil((inside - plan.overlap_ratio) / (1 - plan.overlap_ratio)))


def _split(picture: Image.Image, plan: PreprocessRequest, parts: int) -> Iterator[Image.Image]:
    tall = picture.height * plan.width > picture.width * plan.height
    if tall:
        size = (plan.width, max(plan.height, picture.height * plan.width // picture.width))
    else:
        size = (max(plan.width, picture.width * plan.height // picture.height), plan.height)
    resized = picture.resize(size, Image.Resampling.LANCZOS)
    spare = size[1] - plan.height if tall else size[0] - plan.width
    for number in range(parts):
        start = round(spare * number / (parts - 1))
        left, top = (0, start) if tall else (start, 0)
        yield resized.crop((left, top, left + plan.width, top + plan.height))


def best_size(size: tuple[int, int], plan: MultiCrop) -> tuple[int, int]:
    """Return (width, height) in multiples of 64 within the bounds; the picture's own if none fits."""
    wanted = size[0] / size[1]
    sides = range(-(-plan.least_side // MULTIPLE) * MULTIPLE, plan.most_side + 1, MULTIPLE)
    fitting = [(w, h) for w in sides for h in sides if plan.least_area <= w * h <= plan.most_area]

    def miss(shape: tuple[int, int]) -> float:
        other = shape[0] / shape[1]
        return 1 - min(wanted, other) / max(wanted, other)

    near = [shape for shape in fitting if miss(shape) <= plan.threshold]
    if not near:
        return size
    if plan.maximise_area:
        return max(near, key=lambda shape: (shape[0] * shape[1], -miss(shape)))
    return min(near, key=lambda shape: (miss(shape), -shape[0] * shape[1]))


def _focal(picture: Image.Image, plan: PreprocessRequest, focal: FocalCrop) -> Image.Image:
    """Cut the largest part of the wanted shape with its middle nearest to ``focal_point``."""
    x, y = focal_point(picture, focal)
    scale = min(picture.width / plan.width, picture.height / plan.height)
    width, height = int(plan.width * scale), int(plan.height * scale)
    left = int(min(max(x - width / 2, 0), picture.width - width))
    top = int(min(max(y - height / 2, 0), picture.height - height))
    seen = picture.copy()
    if focal.debug:
        radius = max(2, min(picture.size) // 50)
        ImageDraw.Draw(seen).ellipse((x - radius, y - radius, x + radius, y + radius), outline="red", width=2)
    cut = seen.crop((left, top, left + width, top + height))
    return cut.resize((plan.width, plan.height), Image.Resampling.LANCZOS)


def focal_point(picture: Image.Image, focal: FocalCrop) -> tuple[float, float]:
    """Return the weighted mean of the corners and of the busiest part, else the picture's middle."""
    grey = np.asarray(picture.convert("L"), dtype=np.uint8)
    found = [(focal.edges, _corners(grey)), (focal.entropy, _busiest(grey))]
    weighed = [(weight, point) for weight, point in found if weight > 0 and point is not None]
    total = sum(weight for weight, _ in weighed)
    if not total:
        return picture.width / 2, picture.height / 2
    x = sum(weight * point[0] for weight, point in weighed) / total
    return x, sum(weight * point[1] for weight, point in weighed) / total


def _corners(grey: NDArray[np.uint8]) -> tuple[float, float] | None:
    least = min(grey.shape) * 0.06
    found = cv2.goodFeaturesToTrack(grey, maxCorners=POINTS, qualityLevel=0.04, minDistance=least)
    if found is None:  # pyright: ignore[reportUnnecessaryComparison]
        return None
    middle = np.asarray(found, dtype=np.float64).reshape(-1, 2).mean(axis=0)
    return float(middle[0]), float(middle[1])


def _busiest(grey: NDArray[np.uint8]) -> tuple[float, float]:
    """Return the middle of the square along the longer side whose edges have most entropy."""
    height, width = grey.shape
    side = min(height, width)
    edges = cv2.Canny(grey, 100, 200)
    starts = np.linspace(0, max(height, width) - side, WINDOWS).astype(int)
    parts = [edges[at : at + side] if height > width else edges[:, at : at + side] for at in starts]
    at = int(starts[int(np.argmax([_entropy(np.asarray(part, dtype=np.uint8)) for part in parts]))])
    return (width / 2, at + side / 2) if height > width else (at + side / 2, height / 2)


def _entropy(part: NDArray[np.uint8]) -> float:
    share = float((part > 0).mean())
    return 0.0 if share in (0.0, 1.0) else -share * np.log2(share) - (1 - share) * np.log2(1 - share)


def _covering(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Resized until it covers the size, and cut evenly."""
    scale = max(size[0] / picture.width, size[1] / picture.height)
    large = (max(size[0], round(picture.width * scale)), max(size[1], round(picture.height * scale)))
    left, top = (large[0] - size[0]) // 2, (large[1] - size[1]) // 2
    resized = picture.resize(large, Image.Resampling.LANCZOS)
    return resized.crop((left, top, left + size[0], top + size[1]))
