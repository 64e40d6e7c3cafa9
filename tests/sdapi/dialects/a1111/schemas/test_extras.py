"""Bounds of extras fields, in pydantic 1's words."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from sdapi.dialects.a1111.schemas.extras import ExtrasSingleImageRequest, PNGInfoRequest

ENSURE = "ensure this value is"


@pytest.mark.parametrize(
    ("field", "value", "read"),
    [
        ("resize_mode", "1", 1),
        ("gfpgan_visibility", 0, 0.0),
        ("codeformer_weight", 1, 1.0),
        ("upscaling_resize", "0.5", 0.5),
        ("upscaling_resize_w", 1, 1),
    ],
)
def test_values_on_the_bounds_are_taken(field: str, value: Any, read: float) -> None:
    assert getattr(ExtrasSingleImageRequest.model_validate({field: value}), field) == read


@pytest.mark.parametrize(
    ("field", "value", "kind", "text"),
    [
        ("resize_mode", 2, "value_error.const", "unexpected value; permitted: 0, 1"),
        ("resize_mode", -1, "value_error.const", "unexpected value; permitted: 0, 1"),
        *(
            (field, -0.01, "value_error.number.not_ge", f"{ENSURE} greater than or equal to 0")
            for field in ("gfpgan_visibility", "codeformer_visibility", "extras_upscaler_2_visibility")
        ),
        (
            "codeformer_weight",
            1.01,
            "value_error.number.not_le",
            f"{ENSURE} less than or equal to 1",
        ),
        ("upscaling_resize", 0, "value_error.number.not_gt", f"{ENSURE} greater than 0"),
        (
            "upscaling_resize_h",
            0,
            "value_error.number.not_ge",
            f"{ENSURE} greater than or equal to 1",
        ),
    ],
)
def test_values_beyond_them_are_refused(field: str, value: Any, kind: str, text: str) -> None:
    with pytest.raises(ValidationError) as refused:
        ExtrasSingleImageRequest.model_validate({field: value})
    (found,) = refused.value.errors()
    assert (found["loc"], found["type"], found["msg"]) == ((field,), kind, text)


def test_the_defaults_do_nothing() -> None:
    body = ExtrasSingleImageRequest()
    assert (body.resize_mode, body.upscaling_resize) == (0, 2)
    assert (body.upscaler_1, body.upscaler_2) == ("None", "None")
    assert (body.gfpgan_visibility, body.codeformer_visibility) == (0, 0)


def test_the_picture_of_png_info_is_stripped() -> None:
    assert PNGInfoRequest.model_validate({"image": " abc\n"}).image == "abc"
