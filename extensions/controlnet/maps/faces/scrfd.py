"""SCRFD: find faces and their key points in a picture. No torch.

Guo et al. 2021, arXiv:2105.04714; insightface's settings.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from extensions.controlnet.maps.detectors.onnx_net import Floats, FoundBox
from extensions.controlnet.units.pictures import Array
from pipelines.plugin import CorruptFile, InvalidRequest, OnnxNet

SIDE = 640
MIDDLE, SPREAD = 127.5, 128.0
"""Of the pixels that the network reads."""
STRIDES = (8, 16, 32)
ANCHORS = 2
"""Anchors, and so answers, per cell of a stride."""
SCORE, BOX, POINTS = 1, 4, 10
"""Numbers per answer in the three tables of a stride."""
SURE, OVERLAP = 0.5, 0.4


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Face:
    """One face. ``box`` and ``points`` are in pixels and may lie outside of the picture.

    ``points``: (5, 2), the eye on the left of the picture, that on the right, nose, left and right end of the
    mouth. ``score``: 0.5..1.
    """

    box: FoundBox
    score: float
    points: Floats

    @property
    def area(self) -> float:
        """The area of its box in square pixels."""
        left, top, right, bottom = self.box
        return (right - left) * (bottom - top)


def find_faces(net: OnnxNet, picture: Array) -> list[Face]:
    """The faces of an RGB picture (h, w, 3), surest first. Raises CorruptFile for another network."""
    canvas, k = framed(picture)
    values = ((canvas.astype(np.float32) - MIDDLE) / SPREAD).transpose(2, 0, 1)[None]
    scores, boxes, points = decode(net(values), net.path.name)
    order = np.argsort(-scores, kind="stable")
    order = order[scores[order] >= SURE]
    boxes, points = boxes / k, points / k
    return [
        Face(box=corners(boxes[index]), score=float(scores[index]), points=points[index].reshape(5, 2))
        for index in order[kept(boxes[order])]
    ]


def largest_face(net: OnnxNet, picture: Array) -> Face:
    """The face with the largest box. Raises InvalidRequest if there is none, CorruptFile."""
    found = find_faces(net, picture)
    if not found:
        raise InvalidRequest("no face was found in the picture", field="module")
    return max(found, key=lambda face: face.area)


def framed(picture: Array) -> tuple[Array, float]:
    """(640, 640, 3) with the scaled picture in the top left corner, black elsewhere; and the scale."""
    height, width = picture.shape[:2]
    if height > width:
        size = (max(1, int(SIDE / (height / width))), SIDE)
    else:
        size = (SIDE, max(1, int(SIDE * (height / width))))
    canvas = np.zeros((SIDE, SIDE, 3), np.uint8)
    canvas[: size[1], : size[0]] = cv2.resize(picture, size, interpolation=cv2.INTER_LINEAR)
    return canvas, size[1] / height


def decode(outputs: Sequence[Floats], name: str) -> tuple[Floats, Floats, Floats]:
    """Scores (n,), boxes (n, 4) as corners and key points (n, 10), in pixels of the network's input.

    ``outputs``: (rows, 1), (rows, 4) and (rows, 10) of every stride, in any order, with or without a first
    axis of length one. Raises CorruptFile, which names the file, for other shapes.
    """
    flat = [one.reshape(-1, one.shape[-1]) for one in outputs if one.size and one.ndim]
    tables = {one.shape: one for one in flat}
    expected = {(rows(stride), numbers) for stride in STRIDES for numbers in (SCORE, BOX, POINTS)}
    if len(outputs) != len(expected) or tables.keys() != expected:
        shapes = ", ".join(str(one.shape) for one in outputs)
        raise CorruptFile(f"{name} is no SCRFD network with key points: it answers {shapes}", field="module")
    scores = np.concatenate([tables[rows(stride), SCORE][:, 0] for stride in STRIDES])
    boxes = np.concatenate([tables[rows(stride), BOX] * stride for stride in STRIDES])
    points = np.concatenate([tables[rows(stride), POINTS] * stride for stride in STRIDES])
    places = np.concatenate([anchors(stride) for stride in STRIDES])
    from_corners = np.concatenate([places - boxes[:, :2], places + boxes[:, 2:]], axis=1)
    return scores, from_corners, np.tile(places, POINTS // 2) + points


def rows(stride: int) -> int:
    """Number of answers of a stride."""
    return (SIDE // stride) ** 2 * ANCHORS


def anchors(stride: int) -> Floats:
    """(rows, 2): x and y of the origins of a stride's answers, row by row of cells."""
    steps = np.arange(0, SIDE, stride, dtype=np.float32)
    x, y = np.meshgrid(steps, steps)
    return np.repeat(np.stack([x, y], axis=2).reshape(-1, 2), ANCHORS, axis=0)


def corners(box: Floats) -> FoundBox:
    """Left, top, right and bottom of a box, as plain numbers."""
    left, top, right, bottom = (float(value) for value in box)
    return left, top, right, bottom


def kept(boxes: Floats) -> list[int]:
    """Indices of the boxes (n, 4), surest first, that overlap no surer one by more than 0.4.

    A box reaches to the end of its last pixel, so that its width is right - left + 1.
    """
    low, high = boxes[:, :2], boxes[:, 2:]
    areas = (high - low + 1).prod(axis=1)
    left = np.arange(len(boxes))
    chosen: list[int] = []
    while left.size:
        first, rest = int(left[0]), left[1:]
        chosen.append(first)
        shared = np.minimum(high[first], high[rest]) - np.maximum(low[first], low[rest]) + 1
        common = shared.clip(min=0).prod(axis=1)
        left = rest[common / (areas[first] + areas[rest] - common) <= OVERLAP]
    return chosen
