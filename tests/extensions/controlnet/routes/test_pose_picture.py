"""A canvas of poses as a picture: body, hands and face of every person."""

from __future__ import annotations

import base64
import io
from typing import Any

import numpy as np
import pytest
from PIL import Image

from extensions.controlnet.routes.pose_picture import pose_picture
from extensions.controlnet.routes.pose_request import Canvas

POINT = [20, 10, 1]
ELSEWHERE = [40, 20, 1]


def drawn(*people: dict[str, Any]) -> np.ndarray:
    canvas = Canvas.model_validate({"people": people, "canvas_width": 64, "canvas_height": 32})
    with Image.open(io.BytesIO(base64.b64decode(pose_picture(canvas)))) as image:
        assert (image.format, image.mode) == ("PNG", "RGB")
        return np.asarray(image)


@pytest.mark.parametrize(
    ("part", "colour"),
    [
        ("pose_keypoints_2d", [255, 0, 0]),
        ("hand_left_keypoints_2d", [0, 0, 255]),
        ("hand_right_keypoints_2d", [0, 0, 255]),
        ("face_keypoints_2d", [255, 255, 255]),
    ],
)
def test_every_part_is_drawn_in_its_colour(part: str, colour: list[int]) -> None:
    pixels = drawn({"pose_keypoints_2d": [], part: POINT})
    assert pixels.shape == (32, 64, 3)
    assert pixels[10, 20].tolist() == colour


def test_everybody_is_drawn() -> None:
    pixels = drawn({"pose_keypoints_2d": POINT}, {"pose_keypoints_2d": ELSEWHERE})
    assert pixels[10, 20].any() and pixels[20, 40].any()


def test_nobody_is_black() -> None:
    assert not drawn().any()
