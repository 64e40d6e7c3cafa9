"""Cut faces out of a picture in a standard pose, and lay them back."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Matrix = NDArray[np.float64]
"""An affine matrix, 2 x 3."""

FACE = 512
TEMPLATE = np.array(
    [
        (192.98138, 239.94708),
        (318.90277, 240.1936),
        (256.63416, 314.01935),
        (201.26117, 371.41043),
        (313.08905, 371.15118),
    ]
)
"""Places of eyes, nose and corners of the mouth in a 512 x 512 face (FFHQ), in pixels."""
BORDER = (135, 133, 132)
EDGE = 10
"""Pixels at the rim of a face that are never pasted."""
_PASTED = np.isin(np.arange(19), (0, 14, 16, 17, 18), invert=True)
"""Classes of a parsed face that are pasted: not background, neck, clothes, hair or hat."""


def alignment(landmarks: NDArray[np.float64]) -> Matrix | None:
    """Find the similarity from five landmarks (5, 2) to the template; None if they are degenerate."""
    matrix: Any = cv2.estimateAffinePartial2D(landmarks, TEMPLATE, method=cv2.LMEDS)[0]
    return None if matrix is None else np.asarray(matrix, dtype=np.float64)


def cut_out(picture: Pixels, matrix: Matrix) -> Pixels:
    """Cut a face out in standard pose, (512, 512, 3); grey where the picture ends."""
    face = cv2.warpAffine(picture, matrix, (FACE, FACE), borderMode=cv2.BORDER_CONSTANT, borderValue=BORDER)
    return np.asarray(face, dtype=np.uint8)


def soft_mask(classes: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the weight in 0..1 at which each pixel of a parsed face (512, 512) is pasted; soft edges."""
    mask = np.where(_PASTED[classes], 255.0, 0.0)
    for _ in range(2):
        mask = np.asarray(cv2.GaussianBlur(mask, (101, 101), 11), dtype=np.float64)
    inner = np.zeros_like(mask)
    inner[EDGE:-EDGE, EDGE:-EDGE] = mask[EDGE:-EDGE, EDGE:-EDGE]
    return inner / 255.0


def paste(
    picture: NDArray[np.float64], face: Pixels, mask: NDArray[np.float64], matrix: Matrix
) -> NDArray[np.float64]:
    """Lay a face in standard pose back on the picture it was cut from (float, 0..255)."""
    height, width = picture.shape[:2]
    inverse = cv2.invertAffineTransform(matrix)
    back = np.asarray(cv2.warpAffine(face, inverse, (width, height)), dtype=np.float64)
    weight = cv2.warpAffine(mask, inverse, (width, height), flags=cv2.INTER_AREA)
    weight = np.asarray(weight, dtype=np.float64)[:, :, None]
    return weight * back + (1.0 - weight) * picture
