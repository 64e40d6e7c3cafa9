"""Draws the control maps that the demo's ControlNets learn from: white lines on black."""

import random
from collections.abc import Callable

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from tools.demo.judge import FOREGROUND_DISTANCE, background_colour

Pixels = NDArray[np.uint8]
CANNY = (100, 200)
PENS = (2, 3, 4)
WOBBLE = 1.5
"""Greatest distance of a scribbled line from the true outline, in pixels."""


def edge_map(pixels: Pixels, _rng: random.Random) -> Pixels:
    """Canny's edges (1986), [h, w], of RGB pixels [h, w, 3]."""
    return np.asarray(cv2.Canny(pixels, *CANNY), np.uint8)


def scribble_map(pixels: Pixels, rng: random.Random) -> Pixels:
    """The outlines as an unsteady hand draws them with a thick pen, [h, w], of RGB pixels [h, w, 3]."""
    distance = np.linalg.norm(pixels.astype(np.float32) - background_colour(pixels), axis=2)
    mask = (distance > FOREGROUND_DISTANCE).astype(np.uint8)
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    drawn = np.zeros(mask.shape, np.uint8)
    pen = rng.choice(PENS)
    for contour in contours:
        shaken = (contour[:, 0] + _wobble(len(contour), rng)).round().astype(np.int32)
        cv2.polylines(drawn, [shaken], isClosed=True, color=255, thickness=pen, lineType=cv2.LINE_AA)
    return drawn


def _wobble(count: int, rng: random.Random) -> NDArray[np.float64]:
    """Smooth closed noise of two coordinates: three harmonics of random phase, [count, 2]."""
    turn = np.linspace(0, 2 * np.pi, count, endpoint=False)[:, None]
    waves = [
        np.sin(harmonic * turn + np.array([[rng.uniform(0, 6.3), rng.uniform(0, 6.3)]]))
        for harmonic in (1, 2, 5)
    ]
    return WOBBLE * rng.uniform(0, 1) * np.mean(waves, axis=0)


MAPS: dict[str, Callable[[Pixels, random.Random], Pixels]] = {"canny": edge_map, "scribble": scribble_map}


def control_tensor(kind: str, picture: Tensor, rng: random.Random) -> Tensor:
    """The map of a picture in [-1, 1], shape [3, h, w]; values in [0, 1], the same shape."""
    pixels = ((picture + 1) * 127.5).round().byte().permute(1, 2, 0).numpy()
    drawn = MAPS[kind](np.ascontiguousarray(pixels), rng)
    return (torch.from_numpy(drawn).float() / 255).expand(3, -1, -1)
