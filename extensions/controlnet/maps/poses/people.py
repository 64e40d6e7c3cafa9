"""Poses as OpenPose's JSON, the form in which clients read detected poses and send them back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from extensions.controlnet.maps.poses.openpose import Pose, draw_pose
from extensions.controlnet.preprocessors.aux_detector import PoseParts
from extensions.controlnet.units.pictures import Array

Found: TypeAlias = Mapping[str, Any]
"""``people``, ``animals``, ``canvas_width`` and ``canvas_height`` of one picture."""


def find_people(detector: Any, parts: PoseParts, padded: Array) -> tuple[Array, Found]:
    """A drawing (h, w, 3) of the people that OpenPose finds, and their poses in 0..1 of the picture."""
    height, width = padded.shape[:2]
    poses: Sequence[Any] = detector.detect_poses(padded, parts.hand, parts.face)
    people = [_person(pose) for pose in poses]
    shown = [drawable(person, body=parts.body) for person in people]
    return draw_pose(shown, width, height), poses_json(people, width, height)


def drawable(person: Mapping[str, Any], *, body: bool = True) -> Pose:
    """The parts of a person to be drawn."""
    hands = (person["hand_left_keypoints_2d"], person["hand_right_keypoints_2d"])
    return Pose(
        body=person["pose_keypoints_2d"] if body else (),
        hands=tuple(hand for hand in hands if hand),
        face=person["face_keypoints_2d"] or (),
    )


def poses_json(people: Sequence[Mapping[str, Any]], width: int, height: int) -> Found:
    """The poses in one picture, in OpenPose's JSON form."""
    return {"people": list(people), "animals": [], "canvas_height": height, "canvas_width": width}


def flat_points(points: Sequence[Any] | None) -> list[float] | None:
    """x, y, 1.0 for every point, three zeros for one that wasn't found; None stays None."""
    if points is None:
        return None
    flat: list[float] = []
    for point in points:
        if point is None or point.x < 0 or point.y < 0:
            flat += [0.0, 0.0, 0.0]
        else:
            flat += [float(point.x), float(point.y), 1.0]
    return flat


def _person(pose: Any) -> dict[str, list[float] | None]:
    return {
        "pose_keypoints_2d": flat_points(pose.body.keypoints),
        "face_keypoints_2d": flat_points(pose.face),
        "hand_left_keypoints_2d": flat_points(pose.left_hand),
        "hand_right_keypoints_2d": flat_points(pose.right_hand),
    }
