"""Several detectors as one, and one thing of many."""

from __future__ import annotations

import numpy as np
import pytest

from extensions.adetailer.detect.combined import JoinedDetectors, NumberedDetector
from extensions.adetailer.detect.found import Detector, FoundThing, Pixels

PICTURE = np.zeros((8, 8, 3), dtype=np.uint8)


def finder(*lefts: float) -> Detector:
    def find(picture: Pixels, confidence: float) -> list[FoundThing]:
        return [FoundThing(box=(left, 0, left + 1, 1), confidence=confidence) for left in lefts]

    return find


def test_several_tell_of_all_they_find() -> None:
    joined = JoinedDetectors(loads=[lambda: finder(5, 1), finder, lambda: finder(3)])
    assert [thing.box[0] for thing in joined(PICTURE, 0.5)] == [5, 1, 3]


def test_each_is_loaded_when_it_looks() -> None:
    happened: list[str] = []

    def load(name: str) -> Detector:
        happened.append(f"load {name}")

        def find(picture: Pixels, confidence: float) -> list[FoundThing]:
            happened.append(f"look {name}")
            return []

        return find

    joined = JoinedDetectors(loads=[lambda: load("a"), lambda: load("b")])
    assert happened == []
    joined(PICTURE, 0.5)
    assert happened == ["load a", "look a", "load b", "look b"]


@pytest.mark.parametrize(("number", "lefts"), [(1, [1]), (3, [5]), (4, [])])
def test_numbers_count_from_the_left(number: int, lefts: list[float]) -> None:
    numbered = NumberedDetector(detector=finder(5, 1, 3), number=number)
    assert [thing.box[0] for thing in numbered(PICTURE, 0.5)] == lefts
