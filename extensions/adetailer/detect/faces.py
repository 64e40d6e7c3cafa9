"""Faces as face restoration finds them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from extensions.adetailer.detect.found import FoundThing, Pixels
from pipelines.plugin import RetinaFace, find_faces, load_helper

LEAST = 0.97
"""Confidence below which the network's faces are dropped."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RetinaFaces:
    """RetinaFace on its device; the shelf measures ``module``."""

    module: RetinaFace
    device: torch.device

    @classmethod
    def load(cls, path: Path, device: torch.device) -> RetinaFaces:
        """Load the network from its file. Raises CorruptFile."""
        network = RetinaFace()
        load_helper(network, path, device)
        return cls(module=network, device=device)

    def __call__(self, picture: Pixels, confidence: float) -> list[FoundThing]:
        """Find faces, see Detector; each has the confidence ``LEAST``, whatever is asked for."""
        bgr = np.ascontiguousarray(picture[:, :, ::-1])
        faces = find_faces(self.module, bgr, self.device)
        return [FoundThing(box=_corners(face.box), confidence=LEAST) for face in faces]


def _corners(box: np.ndarray[tuple[int], np.dtype[np.float64]]) -> tuple[float, float, float, float]:
    left, top, right, bottom = (float(side) for side in box)
    return left, top, right, bottom
