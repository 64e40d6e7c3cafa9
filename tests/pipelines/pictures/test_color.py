"""Colour correction: colours of a reference, light of the picture."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pipelines.pictures.color import correct_colors, lab_reference
from tests.pipelines.pictures.files import scene

LUMA = np.array([0.299, 0.587, 0.114])


def light(image: Image.Image) -> NDArray[np.float64]:
    return np.asarray(image).astype(float) @ LUMA


def test_the_reference_is_the_picture_in_lab() -> None:
    # OpenCV's 8-bit LAB: lightness of 0..255, neutral at 128
    assert lab_reference(Image.new("RGB", (1, 1), "white"))[0, 0].tolist() == [255, 128, 128]
    assert lab_reference(Image.new("RGB", (1, 1), "black"))[0, 0].tolist() == [0, 128, 128]


def test_a_picture_that_has_the_colours_already_stays_nearly_as_it_is() -> None:
    corrected = correct_colors(scene(), lab_reference(scene()))
    assert np.abs(np.asarray(corrected).astype(int) - np.asarray(scene()).astype(int)).mean() < 3


def test_a_grey_reference_takes_the_colours_and_leaves_the_light() -> None:
    corrected = correct_colors(scene(), lab_reference(scene().convert("L").convert("RGB")))
    pixels = np.asarray(corrected).astype(int)
    assert np.ptp(pixels, axis=-1).max() <= 3
    assert np.abs(light(corrected) - light(scene())).max() <= 2


def test_a_tint_goes_into_a_grey_picture_at_its_own_light() -> None:
    grey = Image.new("RGB", (4, 4), (100, 100, 100))
    corrected = correct_colors(grey, lab_reference(Image.new("RGB", (4, 4), (180, 60, 60))))
    red, green, blue = np.asarray(corrected)[0, 0].astype(int)
    assert red - green > 90
    assert abs(green - blue) <= 2
    assert abs(light(corrected)[0, 0] - 100) <= 2
