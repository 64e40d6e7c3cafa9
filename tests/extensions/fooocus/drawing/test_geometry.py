"""Sizes to work on."""

from __future__ import annotations

import pytest

from extensions.fooocus.drawing.geometry import fitted, measure, whole
from pipelines.families.base import Latents


def test_measures_are_whole_units() -> None:
    assert (measure(1024, 1024), measure(1152, 896), measure(1000, 1000)) == (1024, 1024, 1024)


@pytest.mark.parametrize("size", [(1024, 1024), (300, 900), (4000, 100), (1, 1), (1920, 1080)])
@pytest.mark.parametrize("side", [128, 512, 1024])
def test_fitted_sizes_have_the_measure_asked_for(size: tuple[int, int], side: int) -> None:
    wide, high = fitted(*size, side)
    assert wide % 64 == high % 64 == 0
    assert measure(wide, high) <= side or min(wide, high) == 64
    assert (wide >= high) == (size[0] >= size[1])


def test_whole_cells() -> None:
    eight, sixteen = (Latents(channels=4, cell=cell, scale=1.0) for cell in (8, 16))
    assert (whole(100.5, 64, eight), whole(3, 9, eight)) == ((96, 64), (8, 8))
    assert (whole(127.5, 64, sixteen), whole(3, 9, sixteen)) == ((112, 64), (16, 16))
