"""Colours and boxes on edges: their ranges, their order, and how Pillow takes them."""

from __future__ import annotations

import pytest
from PIL import Image
from pydantic import ValidationError

from extensions.invokeai.fields.values import BoundingBoxField, ColorField, MetadataField


def test_a_colour_is_pillows() -> None:
    color = ColorField(r=1, g=2, b=3, a=4)
    assert Image.new("RGBA", (1, 1), color.tuple()).getpixel((0, 0)) == (1, 2, 3, 4)


@pytest.mark.parametrize("channel", ["r", "g", "b", "a"])
@pytest.mark.parametrize("value", [-1, 256])
def test_a_colour_is_in_bytes(channel: str, value: int) -> None:
    with pytest.raises(ValidationError, match=channel):
        ColorField.model_validate({"r": 0, "g": 0, "b": 0, "a": 0, channel: value})


def test_a_box_crops_as_pillow_does() -> None:
    box = BoundingBoxField(x_min=1, x_max=4, y_min=2, y_max=8)
    assert Image.new("L", (10, 10)).crop(box.tuple()).size == (3, 6)


def test_a_box_is_in_order_and_may_be_empty() -> None:
    BoundingBoxField(x_min=1, x_max=1, y_min=2, y_max=2)
    for x_min, y_min in ((2, 2), (1, 3)):
        with pytest.raises(ValidationError, match="least x and y"):
            BoundingBoxField(x_min=x_min, x_max=1, y_min=y_min, y_max=2)


@pytest.mark.parametrize("score", [-0.1, 1.1])
def test_a_score_is_a_share(score: float) -> None:
    with pytest.raises(ValidationError, match="score"):
        BoundingBoxField(x_min=0, x_max=1, y_min=0, y_max=1, score=score)


def test_metadata_is_a_plain_object() -> None:
    assert MetadataField.model_validate({"a": [1]}).model_dump() == {"a": [1]}
