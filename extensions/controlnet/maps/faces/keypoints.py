"""InstantID's control picture: eyes, nose and mouth of the largest face. No torch.

Wang et al. 2024, arXiv:2401.07519.
"""

from __future__ import annotations

import math
from pathlib import Path

import cv2
import numpy as np

from extensions.controlnet.maps.detectors.onnx_net import Floats
from extensions.controlnet.maps.faces.scrfd import largest_face
from extensions.controlnet.maps.sliders import Run, Sliders, working_size
from extensions.controlnet.preprocessors.preprocessor import Preprocessor
from extensions.controlnet.units.pictures import Array
from pipelines.plugin import read_onnx

COLOURS = ((255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0), (255, 0, 255))
"""Of the left eye, the right eye, the nose, and the left and right corner of the mouth."""
NOSE = 2
RADIUS = 10
WIDTH = 4
"""Half of a limb's."""
DARKER = 0.6


def load(preprocessor: Preprocessor, files: tuple[Path, ...], device: str) -> Run:
    """The detector; it runs on the CPU whatever the device. Raises CorruptFile."""
    (path,) = files
    net = read_onnx(path)

    def run(array: Array, parameters: Sliders) -> Array:
        padded, unpad = working_size(array[:, :, :3], parameters.resolution)
        height, width = padded.shape[:2]
        return unpad(draw_points(largest_face(net, padded).points, width, height))

    return run


def draw_points(points: Floats, width: int, height: int) -> Array:
    """(height, width, 3): five points (5, 2) in pixels as discs, and dimmer limbs from the nose, on black."""
    canvas = np.zeros((height, width, 3), np.uint8)
    for index, colour in enumerate(COLOURS):
        if index != NOSE:
            cv2.fillConvexPoly(canvas, limb(points[index], points[NOSE]), colour)
    canvas = (canvas * DARKER).astype(np.uint8)
    for (x, y), colour in zip(points.tolist(), COLOURS, strict=True):
        cv2.circle(canvas, (int(x), int(y)), RADIUS, colour, -1)
    return canvas


def limb(end: Floats, start: Floats) -> np.ndarray[tuple[int, ...], np.dtype[np.int32]]:
    """The outline of an ellipse between two points, in whole pixels and degrees."""
    x, y = (end - start).tolist()
    middle = (end + start) / 2
    axes = (int(math.hypot(x, y) / 2), WIDTH)
    angle = int(math.degrees(math.atan2(y, x)))
    outline = cv2.ellipse2Poly((int(middle[0]), int(middle[1])), axes, angle, 0, 360, 1)
    return np.asarray(outline, np.int32)
