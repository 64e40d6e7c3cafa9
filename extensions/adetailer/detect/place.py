"""A place in the picture that is named by its sides, and needs no search; no torch."""

from __future__ import annotations

import math
from dataclasses import dataclass

from extensions.adetailer.detect.found import FoundThing, Pixels
from pipelines.plugin import InvalidRequest

PLACE = "place:"
"""Begins such a name; ``x,y,width,height`` follow, in shares of the picture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceDetector:
    """Left, top, width and height, each in 0..1."""

    x: float
    y: float
    width: float
    height: float

    @classmethod
    def named(cls, text: str, field: str) -> PlaceDetector:
        """Read the numbers of a name. Raises InvalidRequest."""
        try:
            shares = [float(part) for part in text.split(",")]
        except ValueError:
            shares = []
        if len(shares) != 4 or not all(math.isfinite(share) and 0 <= share <= 1 for share in shares):
            raise InvalidRequest(f"{text[:60]!a} is not x,y,width,height, each from 0 to 1", field=field)
        x, y, width, height = shares
        return cls(x=x, y=y, width=width, height=height)

    def __call__(self, picture: Pixels, confidence: float) -> list[FoundThing]:
        """Return the place, see Detector; nothing where it has no pixel in this picture."""
        height, width = picture.shape[:2]
        left, right = round(self.x * width), round(min(self.x + self.width, 1.0) * width)
        top, bottom = round(self.y * height), round(min(self.y + self.height, 1.0) * height)
        if right <= left or bottom <= top:
            return []
        return [FoundThing(box=(left, top, right - 1, bottom - 1), confidence=1.0)]
