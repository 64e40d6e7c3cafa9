"""A thing's area is that of its box."""

from __future__ import annotations

import pytest

from extensions.adetailer.detect.found import Box, FoundThing


@pytest.mark.parametrize(
    ("box", "area"),
    [((1, 2, 4, 6), 12), ((0.5, 0, 1.5, 0.5), 0.5), ((4, 2, 1, 6), 0), ((4, 6, 1, 2), 0)],
)
def test_an_area_is_never_negative(box: Box, area: float) -> None:
    assert FoundThing(box=box, confidence=1.0).area == area
