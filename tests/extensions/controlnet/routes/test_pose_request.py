"""The body of a request to draw poses: numbers within bounds, and lists that may be absent."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from extensions.controlnet.routes.pose_request import Canvas

PERSON = {"pose_keypoints_2d": [0.5, 0.5, 1]}
CANVAS: dict[str, Any] = {"people": [PERSON], "canvas_width": 64, "canvas_height": 8192}


def test_hands_and_faces_may_be_absent() -> None:
    (person,) = Canvas.model_validate(CANVAS).people
    assert person.pose_keypoints_2d == [0.5, 0.5, 1.0]
    assert (person.hand_left_keypoints_2d, person.face_keypoints_2d) == (None, None)
    nulls = {**PERSON, "hand_right_keypoints_2d": None}
    assert Canvas.model_validate({**CANVAS, "people": [nulls]}).people == [person]


@pytest.mark.parametrize("value", ["0.5", True, None, [1], 1e6, -1e6, float("nan")])
def test_only_numbers_within_bounds_are_places(value: Any) -> None:
    with pytest.raises(ValidationError):
        Canvas.model_validate({**CANVAS, "people": [{"pose_keypoints_2d": [value, 0, 1]}]})


@pytest.mark.parametrize("value", ["64", True, 0, 8193, 64.5])
def test_edges_are_whole_and_bounded(value: Any) -> None:
    for edge in ("canvas_width", "canvas_height"):
        with pytest.raises(ValidationError) as caught:
            Canvas.model_validate({**CANVAS, edge: value})
        assert caught.value.errors()[0]["loc"] == (edge,)
