"""Masks of the extension's first months: drawings in the picture's place."""

from __future__ import annotations

import base64
import io

import numpy as np
import pytest
from PIL import Image

from extensions.controlnet.routes.old_mask import with_drawing
from pipelines.contract.errors import InvalidRequest
from tests.extensions.controlnet.encoded import encoded

STROKE = np.full((8, 8, 3), 255, np.uint8)
STROKE[2] = 0


def test_an_old_mask_is_a_drawing_in_the_pictures_place() -> None:
    mask = np.full((8, 8, 3), 255, np.uint8)
    mask[2] = 0
    made = with_drawing({"module": "none", "input_image": "AA", "mask": encoded(mask), "weight": 1})
    assert set(made) == {"module", "image", "weight"}
    drawn = np.array(Image.open(io.BytesIO(base64.b64decode(made["image"]))))
    assert (drawn[2] == 255).all() and not np.delete(drawn, 2, axis=0).any()
    blank = with_drawing({"input_image": "AA", "mask": encoded(np.zeros((8, 8, 3), np.uint8))})
    assert blank == {"input_image": "AA"}
    repainted = {"module": "inpaint", "input_image": "AA", "mask": encoded(mask)}
    assert with_drawing(repainted) == repainted


@pytest.mark.parametrize(("shade", "dropped"), [(5, True), (6, False), (249, False), (250, True)])
def test_a_mask_of_one_colour_is_dropped(shade: int, dropped: bool) -> None:
    made = with_drawing({"image": "AA", "mask_image": encoded(np.full((8, 8, 3), shade, np.uint8))})
    assert (made == {"image": "AA"}) is dropped


@pytest.mark.parametrize(
    "unit",
    [{"image": "AA"}, {"mask": ""}, {"mask": "http://a/b.png"}, {"module": "nope", "mask": encoded(STROKE)}],
)
def test_other_units_stay_as_they_are(unit: dict[str, str]) -> None:
    assert with_drawing(unit) == unit


def test_a_mask_that_cannot_be_decoded_is_named() -> None:
    with pytest.raises(InvalidRequest, match="Invalid encoded image") as caught:
        with_drawing({"mask_image": "!"})
    assert caught.value.field == "controlnet_units.mask_image"
