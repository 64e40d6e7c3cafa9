"""Detectors made of others: several as one, and the one thing that is meant by its number."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from extensions.adetailer.detect.found import Detector, FoundThing, Pixels


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class JoinedDetectors:
    """Several detectors as one; each is loaded when it is called, so that another may leave memory."""

    loads: Sequence[Callable[[], Detector]]

    def __call__(self, picture: Pixels, confidence: float) -> list[FoundThing]:
        """Find the things of all, see Detector; those of the first detector come first."""
        return [thing for load in self.loads for thing in load()(picture, confidence)]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class NumberedDetector:
    """One of the things that another finds: its number from the left, from 1."""

    detector: Detector
    number: int

    def __call__(self, picture: Pixels, confidence: float) -> list[FoundThing]:
        """Find the one thing, see Detector; none where there are fewer."""
        things = sorted(self.detector(picture, confidence), key=lambda thing: thing.box[0])
        return things[self.number - 1 : self.number]
