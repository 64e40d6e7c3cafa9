"""Poses as OpenPose's JSON: from a detector's points, and back to what is drawn."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np

from extensions.controlnet.maps.poses.people import drawable, find_people, flat_points, poses_json
from extensions.controlnet.preprocessors.aux_detector import PoseParts

PERSON: dict[str, Any] = {
    "pose_keypoints_2d": [1.0, 2.0, 1.0],
    "face_keypoints_2d": None,
    "hand_left_keypoints_2d": None,
    "hand_right_keypoints_2d": [5.0, 6.0, 1.0],
}


def point(x: float, y: float) -> SimpleNamespace:
    return SimpleNamespace(x=x, y=y)


def test_points_are_flat_and_the_missing_zeros() -> None:
    assert flat_points([point(0.5, 0), None, point(-1, 0.5), point(0.5, -0.1)]) == [0.5, 0, 1.0, *[0.0] * 9]
    assert flat_points(None) is None
    assert flat_points([]) == []


def test_only_the_parts_that_are_there_are_drawn() -> None:
    pose = drawable(PERSON)
    assert (pose.body, pose.hands, pose.face) == ([1.0, 2.0, 1.0], ([5.0, 6.0, 1.0],), ())
    assert drawable(PERSON, body=False).body == ()


def test_json_has_the_canvas_and_no_animals() -> None:
    assert poses_json((PERSON,), 64, 32) == {
        "people": [PERSON],
        "animals": [],
        "canvas_height": 32,
        "canvas_width": 64,
    }


def test_people_are_found_with_the_wanted_parts() -> None:
    asked: list[tuple[bool, bool]] = []

    def detect_poses(picture: object, hand: bool, face: bool) -> list[SimpleNamespace]:
        asked.append((hand, face))
        body = SimpleNamespace(keypoints=[point(0.5, 0.5)])
        return [SimpleNamespace(body=body, face=[point(0.25, 0.5)], left_hand=None, right_hand=None)]

    detector = SimpleNamespace(detect_poses=detect_poses)
    picture = np.zeros((40, 64, 3), np.uint8)
    drawn, found = find_people(detector, PoseParts(face=True), picture)
    assert asked == [(False, True)]
    # the body is told, and not drawn
    assert found["people"][0]["pose_keypoints_2d"] == [0.5, 0.5, 1.0]
    assert (found["canvas_width"], found["canvas_height"]) == (64, 40)
    assert not drawn[20, 32].any()
    assert drawn[20, 16].tolist() == [255, 255, 255]
    assert find_people(detector, PoseParts(body=True), picture)[0][20, 32].tolist() == [255, 0, 0]
