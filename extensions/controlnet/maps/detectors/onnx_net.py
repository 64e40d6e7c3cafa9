"""ONNX networks through OpenCV, on the CPU: people in a picture (YOLOX), key points of each (RTMPose).

Ge et al. 2021, arXiv:2107.08430; Jiang et al. 2023, arXiv:2303.07399.
"""

from __future__ import annotations

from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from extensions.controlnet.maps.detectors.imagenet import PIXEL_MEAN, PIXEL_SPREAD
from extensions.controlnet.units.pictures import Array
from pipelines.plugin import CorruptFile, OnnxNet

Floats: TypeAlias = NDArray[np.float32]
FoundBox: TypeAlias = tuple[float, float, float, float]
"""Left, top, right, bottom in pixels."""

SIDE = 640
STRIDES = (8, 16, 32)
GREY = 114
SURE, OVERLAP = 0.3, 0.45
MARGIN = 1.25
"""Factor by which the cut-out of a person is larger than the person's box."""
CELLS = 2
"""Columns and rows of an answer per pixel."""


def find_boxes(net: OnnxNet, picture: Array, classes: tuple[int, ...]) -> list[FoundBox]:
    """The boxes of things of these classes in an RGB picture, surest first. Raises CorruptFile."""
    height, width = picture.shape[:2]
    ratio = min(SIDE / height, SIDE / width)
    scaled = cv2.resize(picture, (int(width * ratio), int(height * ratio)), interpolation=cv2.INTER_LINEAR)
    canvas = np.full((SIDE, SIDE, 3), GREY, np.float32)
    canvas[: scaled.shape[0], : scaled.shape[1]] = np.asarray(scaled, np.float32)
    raw = net(canvas[:, :, ::-1].transpose(2, 0, 1)[None])[0]
    boxes, scores = decode_boxes(raw.reshape(-1, raw.shape[-1]), classes)
    kept = cv2.dnn.NMSBoxes(boxes.tolist(), scores.tolist(), SURE, OVERLAP)
    return [
        (x / ratio, y / ratio, (x + w) / ratio, (y + h) / ratio)
        for x, y, w, h in (boxes[int(index)].tolist() for index in np.asarray(kept).flatten())
    ]


def decode_boxes(raw: Floats, classes: tuple[int, ...]) -> tuple[Floats, Floats]:
    """(n, 5 + classes) of YOLOX, three grids one after the other -> (n, 4) as x, y, w, h, and (n,) scores."""
    corners: list[Floats] = []
    strides: list[Floats] = []
    for stride in STRIDES:
        cells = SIDE // stride
        x, y = np.meshgrid(np.arange(cells), np.arange(cells))
        corners.append(np.stack([x, y], axis=2).reshape(-1, 2).astype(np.float32))
        strides.append(np.full((cells * cells, 1), stride, np.float32))
    step = np.concatenate(strides)
    if len(raw) != len(step):
        raise CorruptFile(f"the detector answers {len(raw)} boxes, not {len(step)}", field="module")
    middle = (raw[:, :2] + np.concatenate(corners)) * step
    size = np.exp(raw[:, 2:4]) * step
    scores = raw[:, 4] * raw[:, [5 + index for index in classes]].max(axis=1)
    return np.asarray(np.concatenate([middle - size / 2, size], axis=1), np.float32), scores


def find_points(net: OnnxNet, picture: Array, box: FoundBox, size: tuple[int, int]) -> tuple[Floats, Floats]:
    """Key points of the being in a box of an RGB picture: (n, 2) in pixels, (n,) scores.

    ``size``: width and height of the network's input. Raises CorruptFile.
    """
    left, top, k = cut(box, size)
    place = np.array([[k, 0, -k * left], [0, k, -k * top]], np.float32)
    person = np.asarray(cv2.warpAffine(picture, place, size, flags=cv2.INTER_LINEAR), np.float32)
    values = (person - np.array(PIXEL_MEAN, np.float32)) / np.array(PIXEL_SPREAD, np.float32)
    outputs = net(values.transpose(2, 0, 1)[None].astype(np.float32))
    if len(outputs) != 2:
        raise CorruptFile(f"{net.path.name} answers {len(outputs)} tables, not 2", field="module")
    # the wider table is that of the longer side
    columns, rows = sorted(outputs, key=lambda one: abs(one.shape[-1] - CELLS * size[0]))
    points, scores = decode_points(columns[0], rows[0])
    return points / k + np.array([left, top], np.float32), scores


def cut(box: FoundBox, size: tuple[int, int]) -> tuple[float, float, float]:
    """Left, top and scale of the part that is cut out around a box: scaled, it fills ``size``."""
    left, top, right, bottom = box
    width, height = (right - left) * MARGIN, (bottom - top) * MARGIN
    width = max(width, height * size[0] / size[1])
    height = width * size[1] / size[0]
    return (left + right - width) / 2, (top + bottom - height) / 2, size[0] / max(width, 1e-6)


def decode_points(columns: Floats, rows: Floats) -> tuple[Floats, Floats]:
    """SimCC's (n, columns) and (n, rows) -> (n, 2) in pixels of the input, and the lesser maximum of both."""
    points = np.stack([columns.argmax(axis=1), rows.argmax(axis=1)], axis=1) / CELLS
    return np.asarray(points, np.float32), np.minimum(columns.max(axis=1), rows.max(axis=1))
