"""The body of ``POST /controlnet/render_openpose_json``."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, Field


def number(value: object) -> object:
    """Refuse text and truth values, which pydantic would take for numbers. Raises ValueError."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("value is not a number")
    return value


Coordinate = Annotated[float, Field(ge=-1e5, le=1e5), BeforeValidator(number)]
Edge = Annotated[int, Field(ge=1, le=8192), BeforeValidator(number)]


class Person(BaseModel):
    """Key points as flat lists of x, y, confidence; 18 of the body, 21 of a hand, 70 of a face."""

    pose_keypoints_2d: list[Coordinate]
    hand_right_keypoints_2d: list[Coordinate] | None = None
    hand_left_keypoints_2d: list[Coordinate] | None = None
    face_keypoints_2d: list[Coordinate] | None = None


class Canvas(BaseModel):
    """The poses of one picture."""

    people: list[Person]
    canvas_width: Edge
    canvas_height: Edge
