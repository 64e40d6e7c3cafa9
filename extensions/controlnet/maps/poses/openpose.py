"""Draw OpenPose key points: limbs, hands, faces."""

from __future__ import annotations

import colorsys
import math
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from extensions.controlnet.units.pictures import Array

Point = tuple[float, float]

LIMBS = (
    *((1, 2), (1, 5), (2, 3), (3, 4), (5, 6), (6, 7), (1, 8), (8, 9), (9, 10)),
    *((1, 11), (11, 12), (12, 13), (1, 0), (0, 14), (14, 16), (0, 15), (15, 17)),
)
"""Pairs of body points, numbered as in OpenPose's 18."""
PALETTE = (
    *((255, 0, 0), (255, 85, 0), (255, 170, 0), (255, 255, 0), (170, 255, 0), (85, 255, 0)),
    *((0, 255, 0), (0, 255, 85), (0, 255, 170), (0, 255, 255), (0, 170, 255), (0, 85, 255)),
    *((0, 0, 255), (85, 0, 255), (170, 0, 255), (255, 0, 255), (255, 0, 170), (255, 0, 85)),
)
HAND_EDGES = tuple((0 if joint % 4 == 0 else joint, joint + 1) for joint in range(20))
LIMB_WIDTH = 4
DIM = 0.6
EPSILON = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class Pose:
    """One person: flat lists of x, y, confidence, in 0..1 or in pixels."""

    body: Sequence[float]
    hands: Sequence[Sequence[float]] = ()
    face: Sequence[float] = ()


def draw_pose(people: Sequence[Pose], width: int, height: int) -> Array:
    """(height, width, 3): every person on black."""
    canvas = np.zeros((height, width, 3), np.uint8)
    for person in people:
        canvas = _draw_body(canvas, points(person.body, width, height))
        for hand in person.hands:
            canvas = _draw_hand(canvas, points(hand, width, height))
        canvas = _draw_face(canvas, points(person.face, width, height))
    return canvas


def points(flat: Sequence[float], width: int, height: int) -> list[Point | None]:
    """Positions in pixels of x, y, confidence triples; None for a confidence below 1.

    Positions are shares of the size if all of them lie in 0..1, else pixels already.
    """
    triples = [flat[i : i + 3] for i in range(0, len(flat) - 2, 3)]
    found = [(t[0], t[1]) if t[2] >= 1.0 else None for t in triples]
    relative = all(0 <= x <= 1 and 0 <= y <= 1 for x, y in (p for p in found if p is not None))
    if not relative:
        return list(found)
    return [None if p is None else (p[0] * width, p[1] * height) for p in found]


def _draw_body(canvas: Array, found: Sequence[Point | None]) -> Array:
    for (start, end), colour in zip(LIMBS, PALETTE, strict=False):
        if max(start, end) >= len(found):
            continue
        a, b = found[start], found[end]
        if a is not None and b is not None:
            outline = _ellipse(a, b)
            cv2.fillConvexPoly(canvas, outline, [int(value * DIM) for value in colour])
    for point, colour in zip(found, PALETTE, strict=False):
        if point is not None:
            cv2.circle(canvas, (int(point[0]), int(point[1])), LIMB_WIDTH, colour, thickness=-1)
    return canvas


def _ellipse(a: Point, b: Point) -> NDArray[np.int32]:
    middle = (int((a[0] + b[0]) / 2), int((a[1] + b[1]) / 2))
    length = math.hypot(a[0] - b[0], a[1] - b[1])
    angle = math.degrees(math.atan2(a[1] - b[1], a[0] - b[0]))
    return np.asarray(
        cv2.ellipse2Poly(middle, (int(length / 2), LIMB_WIDTH), int(angle), 0, 360, 1), np.int32
    )


def _draw_hand(canvas: Array, found: Sequence[Point | None]) -> Array:
    for index, (start, end) in enumerate(HAND_EDGES):
        if max(start, end) >= len(found):
            continue
        a, b = _visible(found[start]), _visible(found[end])
        if a is not None and b is not None:
            hue = colorsys.hsv_to_rgb(index / len(HAND_EDGES), 1.0, 1.0)
            cv2.line(canvas, a, b, [round(value * 255) for value in hue], thickness=2)
    for point in found:
        place = _visible(point)
        if place is not None:
            cv2.circle(canvas, place, 4, (0, 0, 255), thickness=-1)
    return canvas


def _draw_face(canvas: Array, found: Sequence[Point | None]) -> Array:
    for point in found:
        place = _visible(point)
        if place is not None:
            cv2.circle(canvas, place, 3, (255, 255, 255), thickness=-1)
    return canvas


def _visible(point: Point | None) -> tuple[int, int] | None:
    if point is None or int(point[0]) <= EPSILON or int(point[1]) <= EPSILON:
        return None
    return int(point[0]), int(point[1])
