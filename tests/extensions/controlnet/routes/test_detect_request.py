"""The body of a detection, as leniently as the original's form reads it."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from extensions.controlnet.routes.detect_request import Detection


def read(**values: Any) -> Detection:
    return Detection.model_validate(values)


def test_the_module_has_values_of_its_own() -> None:
    body = read()
    assert (body.controlnet_module, body.controlnet_input_images) == ("none", [])
    assert (body.controlnet_processor_res, body.controlnet_threshold_a, body.controlnet_threshold_b) == (
        -1,
        -1,
        -1,
    )
    nulls = read(controlnet_processor_res=None, controlnet_threshold_a=None, controlnet_masks=None)
    assert nulls == body


@pytest.mark.parametrize(("value", "expected"), [(64.7, 64), (-0.9, 0), (512, 512), ("64", 64)])
def test_fractions_of_a_resolution_are_cut_off(value: Any, expected: int) -> None:
    assert read(controlnet_processor_res=value).controlnet_processor_res == expected


def test_thresholds_keep_their_fractions() -> None:
    assert read(controlnet_threshold_a=0.25).controlnet_threshold_a == 0.25


def test_webuiapis_name_of_the_pictures_is_read() -> None:
    assert read(controlnet_images=["AA"]).controlnet_input_images == ["AA"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("controlnet_processor_res", float("inf")),
        ("controlnet_processor_res", float("nan")),
        ("controlnet_threshold_b", "much"),
        ("controlnet_masks", "AA"),
        ("controlnet_input_images", [1]),
    ],
)
def test_other_values_are_refused_by_their_field(name: str, value: Any) -> None:
    with pytest.raises(ValidationError) as caught:
        read(**{name: value})
    assert caught.value.errors()[0]["loc"][0] == name
