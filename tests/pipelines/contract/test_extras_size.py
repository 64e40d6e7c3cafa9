"""Sizes of pictures that extras make, by factor and to a size, and their limits."""

from __future__ import annotations

from typing import Any

import pytest

from pipelines.contract.errors import InvalidRequest
from pipelines.contract.extras_size import check_count, check_enlarged, enlargement
from pipelines.contract.limits import WorkLimits
from pipelines.contract.requests import ExtrasRequest

LIMITS = WorkLimits(pixels=65_536, side=1000, batch_size=2, batch_count=3)


def request(**changes: Any) -> ExtrasRequest:
    values: dict[str, Any] = {"images": (), "upscaler_1": "Lanczos", **changes}
    return ExtrasRequest(**values)


def test_the_factor_of_a_size_is_that_of_the_side_that_grows_most() -> None:
    to_size = request(resize_mode=1, width=120, height=240)
    assert enlargement(to_size, (60, 60)) == 4
    assert enlargement(request(scale=3), (60, 60)) == 3
    assert enlargement(request(scale=3, upscaler_1="None"), (60, 60)) == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"scale": 64}, "extras.scale"),
        ({"scale": 1e308}, "extras.scale"),
        ({"resize_mode": 1, "width": 1, "height": 900}, "extras.height"),
        ({"resize_mode": 1, "width": 60_000, "height": 1}, "extras.width"),
        ({"resize_mode": 1, "width": 300, "height": 300, "crop": False}, "extras.width"),
    ],
)
def test_what_becomes_too_large_names_its_field(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidRequest, match="--max-") as error:
        check_enlarged(request(**changes), (60, 60), LIMITS)
    assert error.value.field == field


def test_what_stays_within_passes() -> None:
    check_enlarged(request(scale=4), (60, 60), LIMITS)
    check_enlarged(request(upscaler_1="None", scale=64), (2000, 2000), LIMITS)


def test_pictures_are_counted() -> None:
    check_count("imageList", 6, LIMITS)
    for count in (0, 7):
        with pytest.raises(InvalidRequest, match="1 to 6 pictures"):
            check_count("imageList", count, LIMITS)
