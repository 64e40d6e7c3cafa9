"""Numbers out of an option's range are refused with the field, and nothing else is."""

from __future__ import annotations

import math

import pytest

from pipelines.contract.errors import InvalidRequest
from pipelines.contract.option_ranges import RANGES, check_option, check_range


@pytest.mark.parametrize("key", RANGES)
def test_both_ends_of_a_range_are_within(key: str) -> None:
    low, high = RANGES[key]
    check_option(key, low)
    check_option(key, high)
    for beyond in (low - 1, high + 1, math.nan):
        with pytest.raises(InvalidRequest, match="must be between") as caught:
            check_option(key, beyond)
        assert caught.value.field == key


@pytest.mark.parametrize("value", ["-5", None, [-5]])
def test_only_numbers_have_a_range(value: object) -> None:
    check_option("jpeg_quality", value)


def test_an_option_without_a_range_takes_any_number() -> None:
    check_option("eta_ddim", -(10.0**300))
    check_option("eta_ddim", math.inf)


def test_the_field_may_be_another_than_the_key() -> None:
    with pytest.raises(InvalidRequest) as caught:
        check_option("jpeg_quality", 0, field="options.jpeg_quality")
    assert (caught.value.field, caught.value.message) == (
        "options.jpeg_quality",
        "must be between 1 and 100",
    )
    with pytest.raises(InvalidRequest):
        check_range(True, (2, 3), field="x")
