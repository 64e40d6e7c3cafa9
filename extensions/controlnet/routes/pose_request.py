"""What ``POST /controlnet/render_openpose_json`` is asked."""

from __future__ import annotations

from pydantic import BaseModel


class Person(BaseModel):
    """Key points as flat lists of x, y, confidence; 18 of the body, 21 of a hand, 70 of a face."""

    pose_keypoints_2d: list[float]
    hand_right_keypoints_2d: list[float] | None = None
    hand_left_keypoints_2d: list[float] | None = None
    face_keypoints_2d: list[float] | None = None


class Canvas(BaseModel):
    """The poses of one picture."""

    people: list[Person]
    canvas_width: int
    canvas_height: int
