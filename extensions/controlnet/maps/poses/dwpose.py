"""DWPose: body, hands and face of everybody in a picture, from two ONNX networks.

Yang et al. 2023, arXiv:2307.15880; the points are COCO-WholeBody's 133.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from extensions.controlnet.maps.detectors.onnx_net import Floats
from extensions.controlnet.maps.poses.openpose import draw_pose
from extensions.controlnet.maps.poses.people import Found, drawable, poses_json
from extensions.controlnet.maps.poses.pose_finder import Beings, load_finder, require_points, sure_points
from extensions.controlnet.maps.sliders import Run
from extensions.controlnet.preprocessors.preprocessor import Preprocessor
from extensions.controlnet.units.pictures import Array

PERSON = (0,)
SIZE = (288, 384)
POINTS = 133
SHOULDERS = (5, 6)
NECK = POINTS
BODY = (0, NECK, 6, 8, 10, 5, 7, 9, 12, 14, 16, 11, 13, 15, 2, 1, 4, 3)
"""OpenPose's 18 points among COCO's, where the neck lies between the shoulders."""
FACE = range(23, 91)
LEFT_HAND, RIGHT_HAND = range(91, 112), range(112, 133)


def person(points: Floats, scores: Floats) -> dict[str, Any]:
    """COCO-WholeBody's (133, 2) and (133,) as OpenPose's JSON. Raises CorruptFile for another number."""
    require_points(points, POINTS, "people")
    sides = list(SHOULDERS)
    points = np.concatenate([points, points[sides].mean(axis=0, keepdims=True)])
    scores = np.concatenate([scores, scores[sides].min(keepdims=True)])

    def flat(chosen: Sequence[int]) -> list[float]:
        return sure_points(points[list(chosen)], scores[list(chosen)])

    return {
        "pose_keypoints_2d": flat(BODY),
        "face_keypoints_2d": flat(FACE),
        "hand_left_keypoints_2d": flat(LEFT_HAND),
        "hand_right_keypoints_2d": flat(RIGHT_HAND),
    }


def show(people: Sequence[dict[str, Any]], width: int, height: int) -> tuple[Found, Array]:
    """The poses of all people as JSON, and their drawing."""
    return poses_json(people, width, height), draw_pose([drawable(one) for one in people], width, height)


BEINGS = Beings(classes=PERSON, size=SIZE, to_json=person, show=show)


def load(preprocessor: Preprocessor, files: tuple[Path, ...], device: str) -> Run:
    """Both networks; they run on the CPU whatever the device. Raises CorruptFile."""
    return load_finder(BEINGS, files)
