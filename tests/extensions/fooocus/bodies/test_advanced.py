"""Fields of the advanced panel: fractions of older clients, ranges, the range's ends."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from extensions.fooocus.bodies.advanced import AdvancedParams, FooocusLora


@pytest.mark.parametrize(("given", "kept"), [(100.4, 100), (99.6, 100), ("7", 7), (255, 255)])
def test_thresholds_take_fractions_rounded(given: object, kept: int) -> None:
    assert AdvancedParams.model_validate({"canny_low_threshold": given}).canny_low_threshold == kept


@pytest.mark.parametrize(
    "wrong",
    [
        {"canny_high_threshold": 0.4},
        {"canny_high_threshold": 1e300},
        {"canny_high_threshold": float("nan")},
        {"overwrite_width": 2049},
        {"overwrite_vary_strength": -1.5},
        {"adm_scaler_positive": 0.05},
        {"inpaint_erode_or_dilate": 65},
        {"clip_skip": 0},
    ],
)
def test_values_out_of_range_are_refused_by_their_field(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as caught:
        AdvancedParams.model_validate(wrong)
    assert [error["loc"] for error in caught.value.errors()] == [tuple(wrong)]


def test_both_ends_of_a_range_are_taken() -> None:
    low = AdvancedParams.model_validate({"inpaint_strength": 0, "inpaint_erode_or_dilate": -64})
    high = AdvancedParams.model_validate({"inpaint_strength": 1, "inpaint_erode_or_dilate": 64})
    assert (low.inpaint_strength, low.inpaint_erode_or_dilate) == (0, -64)
    assert (high.inpaint_strength, high.inpaint_erode_or_dilate) == (1, 64)


def test_a_lora_weighs_at_most_two_either_way() -> None:
    assert FooocusLora(model_name="a", weight=-2).weight == -2
    with pytest.raises(ValidationError, match="between -2 and 2"):
        FooocusLora(model_name="a", weight=2.5)
