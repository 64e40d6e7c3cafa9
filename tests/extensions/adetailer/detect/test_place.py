"""Places by their sides."""

from __future__ import annotations

import numpy as np
import pytest

from extensions.adetailer.detect.place import PlaceDetector
from pipelines.contract.errors import InvalidRequest

PICTURE = np.zeros((20, 40, 3), dtype=np.uint8)


@pytest.mark.parametrize(
    ("text", "box"),
    [
        ("0,0,1,1", (0, 0, 39, 19)),
        ("0.5, 0, 0.5, 0.5", (20, 0, 39, 9)),
        ("0.9,0.9,0.5,0.5", (36, 18, 39, 19)),
    ],
)
def test_shares_of_the_picture(text: str, box: tuple[int, int, int, int]) -> None:
    (thing,) = PlaceDetector.named(text, "x")(PICTURE, 0.9)
    assert (thing.box, thing.outline) == (box, None)


def test_a_place_without_a_pixel_is_not_there() -> None:
    assert PlaceDetector.named("0,0,0.001,1", "x")(PICTURE, 0.0) == []


@pytest.mark.parametrize("text", ["", "0,0,1", "0,0,1,2", "a,b,c,d", "0,0,nan,1"])
def test_other_numbers_are_refused(text: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        PlaceDetector.named(text, "ad_model")
    assert caught.value.field == "ad_model"
