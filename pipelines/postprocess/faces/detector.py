"""Find faces and their landmarks in a picture."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torchvision.ops import nms

from pipelines.contract.errors import InvalidRequest
from pipelines.postprocess.faces.retinaface import RetinaFace, anchors, decode_boxes, decode_landmarks

MEAN = (104.0, 117.0, 123.0)
"""Mean of the training pictures, BGR in 0..255, which is taken off the input."""
SIDE = 640
"""Shorter side of the detector's input, in pixels."""
LEAST_SCORE = 0.97
OVERLAP = 0.4
LARGEST = 2**25
"""Most pixels of the detector's input."""
LEAST_EYE_DISTANCE = 5.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FoundFace:
    """``box``: (4,) left, top, right, bottom. ``landmarks``: (5, 2). Both in pixels."""

    box: NDArray[np.float64]
    landmarks: NDArray[np.float64]


def find_landmarks(
    network: RetinaFace, picture: NDArray[np.uint8], device: torch.device
) -> list[NDArray[np.float64]]:
    """Return five landmarks (5, 2) in pixels of every face of a BGR picture (h, w, 3), the surest first."""
    points = [face.landmarks for face in find_faces(network, picture, device)]
    return [p for p in points if np.linalg.norm(p[0] - p[1]) >= LEAST_EYE_DISTANCE]


def find_faces(
    network: RetinaFace, picture: NDArray[np.uint8], device: torch.device, side: int | None = SIDE
) -> list[FoundFace]:
    """Return every face of a BGR picture (h, w, 3), the surest first, however small.

    ``side``: the shorter side of the detector's input; None for the picture's own size.
    """
    height, width = picture.shape[:2]
    scale = min(height, width) / side if side else 1.0
    seen = (int(width / scale), int(height / scale))
    if seen[0] * seen[1] > LARGEST:
        raise InvalidRequest(f"faces can't be looked for in so narrow a picture: {width}x{height}")
    small = np.asarray(cv2.resize(picture, seen, interpolation=cv2.INTER_LANCZOS4), dtype=np.float32)
    x = torch.from_numpy((small - np.array(MEAN, dtype=np.float32)).transpose(2, 0, 1))[None]
    with torch.inference_mode():
        boxes, scores, marks = (t[0].float().cpu() for t in network(x.to(device)))
    prior = anchors(seen[1], seen[0])
    sure = scores[:, 1] > LEAST_SCORE
    size = torch.tensor(seen, dtype=torch.float32)
    found = decode_boxes(boxes[sure], prior[sure]) * size.repeat(2)
    points = decode_landmarks(marks[sure], prior[sure]) * size * scale
    kept = nms(found, scores[sure, 1], OVERLAP)
    places = (found * scale)[kept].numpy().astype(np.float64)
    landmarks = points[kept].numpy().astype(np.float64)
    return [FoundFace(box=b, landmarks=p) for b, p in zip(places, landmarks, strict=True)]
