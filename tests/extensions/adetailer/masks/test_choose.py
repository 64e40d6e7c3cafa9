"""Things of fitting sizes are kept, the best of them, in the order asked for."""

from __future__ import annotations

from typing import Any

import pytest

from extensions.adetailer.detect.found import FoundThing
from extensions.adetailer.masks.choose import chosen
from extensions.adetailer.units.unit import DetailUnit, KeepBy

SMALL = FoundThing(box=(0, 0, 10, 10), confidence=0.9)
LARGE = FoundThing(box=(50, 50, 90, 90), confidence=0.5)
MIDDLE = FoundThing(box=(40, 45, 60, 55), confidence=0.7)
THINGS = (SMALL, MIDDLE, LARGE)


def kept(order: str = "None", **values: Any) -> list[FoundThing]:
    return chosen(THINGS, DetailUnit(place="", **values), (100, 100), order)


def test_everything_stays_by_default_the_surest_first() -> None:
    assert kept() == [SMALL, MIDDLE, LARGE]


def test_sizes_are_parts_of_the_picture() -> None:
    assert kept(mask_min_ratio=0.015) == [MIDDLE, LARGE]
    assert kept(mask_max_ratio=0.1) == [SMALL, MIDDLE]


def test_the_best_by_area_or_confidence() -> None:
    assert kept(mask_k=1) == [LARGE]
    assert kept(mask_k=2) == [LARGE, MIDDLE]
    assert kept(mask_k=1, mask_filter_method=KeepBy.CONFIDENCE) == [SMALL]


@pytest.mark.parametrize(
    ("order", "wanted"),
    [
        ("Position (left to right)", [SMALL, MIDDLE, LARGE]),
        ("Position (right to left)", [LARGE, MIDDLE, SMALL]),
        ("Position (center to edge)", [MIDDLE, LARGE, SMALL]),
        ("Area (large to small)", [LARGE, MIDDLE, SMALL]),
        ("Something else", [SMALL, MIDDLE, LARGE]),
    ],
)
def test_orders(order: str, wanted: list[FoundThing]) -> None:
    assert kept(order) == wanted
