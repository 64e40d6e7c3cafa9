"""Finished pictures: recoloured by a map, or laid into the unit's picture."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image

from extensions.controlnet.control.injection.finish import finish_picture, finishes
from extensions.controlnet.prepare.prepared import PreparedUnit
from extensions.controlnet.units.pictures import Array
from tests.extensions.controlnet import tiny


def unit(module: str, base: Array, **values: Any) -> PreparedUnit:
    return replace(tiny.tiny_unit(module), base=base, **values)


def flat(colour: tuple[int, int, int], size: int = 16) -> Array:
    return np.full((size, size, 3), colour, np.uint8)


def half_masked(colour: tuple[int, int, int]) -> Array:
    mask = np.zeros((16, 16), np.uint8)
    mask[:, 8:] = 255
    return np.dstack([flat(colour), mask])


def finished(picture: Array, one: PreparedUnit, blur: int = 0) -> Array:
    return np.asarray(finish_picture(Image.fromarray(picture), one, blur=blur))


@pytest.mark.parametrize(
    ("module", "base", "expected"),
    [
        ("recolor_luminance", flat((1, 1, 1)), True),
        ("inpaint_only", half_masked((1, 1, 1)), True),
        ("inpaint", half_masked((1, 1, 1)), False),
        ("canny", flat((1, 1, 1)), False),
    ],
)
def test_some_units_finish_pictures(module: str, base: Array, expected: bool) -> None:
    assert finishes(unit(module, base)) is expected


def test_intensity_replaces_the_value_of_hsv() -> None:
    # pure red at full value keeps hue and saturation at value 100
    made = finished(flat((255, 0, 0)), unit("recolor_intensity", flat((100, 100, 100))))
    assert (made == (100, 0, 0)).all()


def test_luminance_replaces_the_lightness_of_lab() -> None:
    picture = flat((200, 60, 30))
    made = finished(picture, unit("recolor_luminance", flat((80, 80, 80))))
    before, after = cv2.cvtColor(picture, cv2.COLOR_RGB2LAB), cv2.cvtColor(made, cv2.COLOR_RGB2LAB)
    assert abs(int(after[0, 0, 0]) - 80) <= 2
    assert np.abs(after[0, 0, 1:].astype(int) - before[0, 0, 1:].astype(int)).max() <= 3


def test_outside_of_the_mask_the_units_picture_is_back() -> None:
    made = finished(flat((0, 0, 255)), unit("inpaint_only", half_masked((255, 0, 0))))
    assert (made[:, :8] == (255, 0, 0)).all()
    assert (made[:, 8:] == (0, 0, 255)).all()


def test_a_seam_is_widened_and_blurred() -> None:
    made = finished(flat((0, 0, 240)), unit("inpaint_only", half_masked((240, 0, 0))), blur=3)
    # a square of 3 widens the mask by one column, to 7; a blur of 3 leaves a third and two thirds of it
    assert made[8, :, 2].tolist() == [0] * 6 + [80, 160] + [240] * 8
    assert made[8, 5, 0] == 240


def test_a_picture_of_another_size_stays() -> None:
    picture = Image.fromarray(flat((9, 9, 9), size=8))
    assert finish_picture(picture, unit("recolor_intensity", flat((1, 1, 1))), blur=0) is picture


def test_the_map_of_the_second_pass_finishes_if_there_is_one() -> None:
    one = unit("recolor_intensity", flat((1, 1, 1)), hires=flat((100, 100, 100), size=32))
    assert (finished(flat((255, 0, 0), size=32), one) == (100, 0, 0)).all()
    assert (finished(flat((255, 0, 0), size=16), one) == (255, 0, 0)).all()
