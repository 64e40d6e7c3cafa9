"""Choose and order those of the found things that are repainted."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from extensions.adetailer.detect.found import FoundThing
from extensions.adetailer.units.unit import DetailUnit, KeepBy

Size = tuple[int, int]
Rank = Callable[[FoundThing, Size], float]


def _left(thing: FoundThing, size: Size) -> float:
    return thing.box[0]


def _right(thing: FoundThing, size: Size) -> float:
    return -thing.box[0]


def _from_centre(thing: FoundThing, size: Size) -> float:
    left, top, right, bottom = thing.box
    return ((left + right - size[0]) ** 2 + (top + bottom - size[1]) ** 2) ** 0.5


def _largest(thing: FoundThing, size: Size) -> float:
    return -thing.area


ORDERS: dict[str, Rank | None] = {
    "None": None,
    "Position (left to right)": _left,
    "Position (right to left)": _right,
    "Position (center to edge)": _from_centre,
    "Area (large to small)": _largest,
}
"""Values of the option ``ad_bbox_sortby``; None keeps the surest first."""


def chosen(things: Sequence[FoundThing], unit: DetailUnit, size: Size, order: str) -> list[FoundThing]:
    """Those of a fitting size, at most ``mask_k``, in the order asked for. ``size``: of the picture."""
    whole = size[0] * size[1]
    low, high = unit.mask_min_ratio * whole, unit.mask_max_ratio * whole
    kept = [thing for thing in things if low <= thing.area <= high]
    if unit.mask_k > 0:
        by_area = unit.mask_filter_method is KeepBy.AREA
        best = sorted(kept, key=lambda thing: thing.area if by_area else thing.confidence, reverse=True)
        kept = best[: unit.mask_k]
    rank = ORDERS.get(order)
    return kept if rank is None else sorted(kept, key=lambda thing: rank(thing, size))
