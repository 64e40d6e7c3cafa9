"""The pictures of ``POST /controlnet/render_openpose_json``: one canvas of poses as a base64 PNG."""

from __future__ import annotations

import base64
import io

from PIL import Image

from extensions.controlnet.maps.poses.openpose import Pose, draw_pose
from extensions.controlnet.routes.pose_request import Canvas


def pose_picture(canvas: Canvas) -> str:
    """The drawn people as base64 PNG."""
    people = [
        Pose(
            body=tuple(person.pose_keypoints_2d),
            hands=tuple(
                tuple(hand)
                for hand in (person.hand_left_keypoints_2d, person.hand_right_keypoints_2d)
                if hand
            ),
            face=tuple(person.face_keypoints_2d or ()),
        )
        for person in canvas.people
    ]
    buffer = io.BytesIO()
    Image.fromarray(draw_pose(people, canvas.canvas_width, canvas.canvas_height)).save(buffer, "PNG")
    return base64.b64encode(buffer.getvalue()).decode("ascii")
