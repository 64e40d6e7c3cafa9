"""Fit a picture into what a YOLO network sees, and bring what it found back to the picture."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import torch
from torch import Tensor

from extensions.adetailer.detect.found import Pixels

SIDE = 640
"""The longer side of the picture that the network sees."""
CELL = 32
GREY = 114


@dataclass(frozen=True, slots=True, kw_only=True)
class Letterbox:
    """A picture's place in the network's input: ``scale`` times its size, ``left`` and ``top`` in pixels."""

    width: int
    height: int
    scale: float
    left: int
    top: int

    @property
    def seen(self) -> tuple[int, int]:
        """Width and height of the picture as it lies there."""
        return max(1, round(self.width * self.scale)), max(1, round(self.height * self.scale))

    def back(self, boxes: Tensor) -> Tensor:
        """Bring boxes (n, 4) of corners back to the picture's own pixels."""
        offsets = torch.tensor([self.left, self.top] * 2, dtype=boxes.dtype, device=boxes.device)
        sides = torch.tensor([self.width, self.height] * 2, dtype=boxes.dtype, device=boxes.device)
        return ((boxes - offsets) / self.scale).clamp(min=0).minimum(sides)


def letterbox(picture: Pixels) -> tuple[Tensor, Letterbox]:
    """Scale a picture and pad it with grey to whole cells: (1, 3, h, w) in 0..1, and its place in that."""
    height, width = picture.shape[:2]
    scale = SIDE / max(height, width)
    seen = max(1, round(width * scale)), max(1, round(height * scale))
    resized = (
        picture if seen == (width, height) else cv2.resize(picture, seen, interpolation=cv2.INTER_LINEAR)
    )
    free_x, free_y = -seen[0] % CELL / 2, -seen[1] % CELL / 2
    left, right = round(free_x - 0.1), round(free_x + 0.1)
    top, bottom = round(free_y - 0.1), round(free_y + 0.1)
    padded = cv2.copyMakeBorder(
        resized, top, bottom, left, right, cv2.BORDER_CONSTANT, value=(GREY, GREY, GREY)
    )
    x = torch.from_numpy(np.ascontiguousarray(padded.transpose(2, 0, 1))).float()[None] / 255
    return x, Letterbox(width=width, height=height, scale=scale, left=left, top=top)
