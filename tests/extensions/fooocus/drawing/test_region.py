"""The region around a mask, and its growth to a share of the picture."""

from __future__ import annotations

import numpy as np
import pytest

from extensions.fooocus.drawing.masks import Mask
from extensions.fooocus.drawing.region import region_of


def mask_at(top: int, left: int, side: int = 10) -> Mask:
    mask = np.zeros((100, 200), dtype=np.uint8)
    mask[top : top + side, left : left + side] = 255
    return mask


def test_all_of_it() -> None:
    assert region_of(mask_at(5, 5), 1.0).box == (0, 0, 200, 100)


@pytest.mark.parametrize("place", [(0, 0), (90, 190), (45, 100)])
@pytest.mark.parametrize("field", [0.0, 0.3, 0.618])
def test_a_share_of_it_around_the_mask(place: tuple[int, int], field: float) -> None:
    left, top, right, bottom = region_of(mask_at(*place), field).box
    assert bottom - top >= field * 100
    assert right - left >= field * 200
    assert left <= place[1] and top <= place[0]
    assert right >= place[1] + 10 and bottom >= place[0] + 10
    assert left >= 0 and top >= 0 and right <= 200 and bottom <= 100


def test_close_around_it() -> None:
    left, top, right, bottom = region_of(mask_at(40, 100), 0.0).box
    assert right - left <= 14 and bottom - top <= 14
