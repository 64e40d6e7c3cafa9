"""Things that detectors find in a picture, and the call that all detectors have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
"""(h, w, 3) RGB."""
Box = tuple[float, float, float, float]
"""Left, top, right, bottom in pixels."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FoundThing:
    """One thing: its box, how sure its detector is (0..1), its outline (h, w) of 0 or 255 if it has one."""

    box: Box
    confidence: float
    outline: NDArray[np.uint8] | None = None

    @property
    def area(self) -> float:
        """Area of the box in pixels, 0 for an empty one."""
        left, top, right, bottom = self.box
        return max(0.0, right - left) * max(0.0, bottom - top)


class Detector(Protocol):
    """Finds things of its kind."""

    def __call__(self, picture: Pixels, confidence: float) -> list[FoundThing]:
        """Return the things of at least this confidence (0..1), the surest first."""
        ...
