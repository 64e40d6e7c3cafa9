"""Things that words name: each connected patch where CLIPSeg is sure enough."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from extensions.adetailer.detect.found import FoundThing, Pixels
from pipelines.plugin import WordFinder

MOST = 100
"""Patches that are kept, the largest ones."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WordsDetector:
    """A network that reads words, with those that it is to look for."""

    finder: WordFinder
    words: str

    def __call__(self, picture: Pixels, confidence: float) -> list[FoundThing]:
        """Find patches for the words, see Detector."""
        sure = self.finder(Image.fromarray(picture), self.words)
        return sorted(_patches(sure, confidence), key=lambda thing: thing.confidence, reverse=True)


def _patches(sure: NDArray[np.float32], confidence: float) -> Iterator[FoundThing]:
    """Yield the patches all of whose pixels are above the confidence."""
    _, labels, boxes, _ = cv2.connectedComponentsWithStats((sure > confidence).astype(np.uint8))
    numbers = np.argsort(-boxes[1:, cv2.CC_STAT_AREA], kind="stable")[:MOST] + 1  # 0 is what is left over
    for number in numbers:
        left, top, width, height = (int(side) for side in boxes[number][:4])
        inside = labels == number
        yield FoundThing(
            box=(left, top, left + width - 1, top + height - 1),
            confidence=float(sure[inside].max()),
            outline=np.asarray(255 * inside, dtype=np.uint8),
        )
