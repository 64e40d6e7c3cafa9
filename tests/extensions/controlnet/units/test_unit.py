"""A unit's numbers within the ranges of its preprocessor's sliders."""

from __future__ import annotations

import pytest

from extensions.controlnet.preprocessors.preprocessor import Preprocessor, Slider
from extensions.controlnet.units.unit import no_picture, resolution_value, slider_value
from tests.extensions.controlnet import tiny

SLIDER = Slider(name="a", minimum=1, maximum=8, step=1, default=2)


@pytest.mark.parametrize(("value", "expected"), [(1, 1), (8, 8), (0.99, 2), (8.01, 2), (-1, 2)])
def test_a_value_out_of_range_is_the_default(value: float, expected: float) -> None:
    assert slider_value(SLIDER, value) == expected


def test_a_slider_that_is_hidden_goes_to_one() -> None:
    assert [slider_value(None, value) for value in (0, 0.25, 1, 100)] == [0, 0.25, 1, 0.5]


def test_a_fixed_resolution_outranks_the_clients() -> None:
    assert resolution_value(Preprocessor(key="x", fixed_resolution=512), 1024) == 512
    assert resolution_value(Preprocessor(key="x"), 1024) == 1024
    assert resolution_value(Preprocessor(key="x"), 32) == 512
    assert resolution_value(Preprocessor(key="x", resolution=None), 1024) == 0.5


def test_a_missing_picture_is_named_by_its_field() -> None:
    error = no_picture(tiny.tiny_unit().unit)
    assert (error.field, error.message) == (
        "args.0.image",
        "controlnet is enabled but no input image is given",
    )
