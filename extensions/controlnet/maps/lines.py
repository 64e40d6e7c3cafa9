"""Thin lines: local maxima, thinning by hit-or-miss, pruning, and the scribble look."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from extensions.controlnet.units.pictures import Array

DIRECTIONS = (
    np.array([[0, 0, 0], [1, 1, 1], [0, 0, 0]], np.uint8),
    np.array([[0, 1, 0], [0, 1, 0], [0, 1, 0]], np.uint8),
    np.array([[1, 0, 0], [0, 1, 0], [0, 0, 1]], np.uint8),
    np.array([[0, 0, 1], [0, 1, 0], [1, 0, 0]], np.uint8),
)
_EDGE = np.array([[-1, -1, -1], [0, 1, 0], [1, 1, 1]], np.int8)
_CORNER = np.array([[0, -1, -1], [1, 1, -1], [0, 1, 0]], np.int8)
_SPUR = np.array([[-1, -1, -1], [-1, 1, -1], [0, 0, -1]], np.int8)
_SPUR_OTHER = np.array([[-1, -1, -1], [-1, 1, -1], [-1, 0, 0]], np.int8)
THINNING = tuple(np.rot90(kernel, turn) for turn in range(4) for kernel in (_EDGE, _CORNER))
PRUNING = tuple(np.rot90(kernel, turn) for turn in range(4) for kernel in (_SPUR, _SPUR_OTHER))
ROUNDS = 32


def thin_peaks(flat: Array) -> Array:
    """Keep (h, w) values that are the largest along one of four directions."""
    kept = np.zeros_like(flat)
    for kernel in DIRECTIONS:
        np.putmask(kept, np.asarray(cv2.dilate(flat, kernel)) == flat, flat)
    return kept


def skeleton(flat: Array, *, prune: bool) -> Array:
    """Lines of one pixel from (h, w) in {0, 255}; ``prune`` takes two pixels off every end."""
    result = flat
    for _ in range(ROUNDS):
        thinner = _without(result, THINNING)
        if np.array_equal(thinner, result):
            break
        result = thinner
    return _without(result, PRUNING) if prune else result


def _without(flat: Array, kernels: tuple[NDArray[np.int8], ...]) -> Array:
    result = flat
    for kernel in kernels:
        hit = cv2.morphologyEx(result, cv2.MORPH_HITMISS, np.ascontiguousarray(kernel).astype(np.int32))
        result = np.where(np.asarray(hit) > 0, 0, result).astype(np.uint8)
    return result


def nms(flat: Array, threshold: float, sigma: float) -> Array:
    """Blur by ``sigma``, keep local maxima above ``threshold`` as white: (h, w) in 0..255 -> {0, 255}."""
    blurred = np.asarray(cv2.GaussianBlur(flat.astype(np.float32), (0, 0), sigma), np.float32)
    kept = np.zeros_like(blurred)
    for kernel in DIRECTIONS:
        np.putmask(kept, np.asarray(cv2.dilate(blurred, kernel)) == blurred, blurred)
    return np.where(kept > threshold, 255, 0).astype(np.uint8)


def scribble(flat: Array, cut: float = 4) -> Array:
    """Turn soft edges, (h, w) in 0..255, into the strokes of a pen: white on black."""
    lines = nms(flat, 127, 3.0)
    soft = np.asarray(cv2.GaussianBlur(lines, (0, 0), 3.0))
    return np.where(soft > cut, 255, 0).astype(np.uint8)
