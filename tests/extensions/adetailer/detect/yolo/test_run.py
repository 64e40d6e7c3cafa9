"""A detector finds what it was made for, where it is, once."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw

from extensions.adetailer.detect.found import Pixels
from extensions.adetailer.detect.yolo.head import YoloAnswer
from extensions.adetailer.detect.yolo.network import YoloNetwork, build_yolo
from extensions.adetailer.detect.yolo.run import YoloDetector
from tests.extensions.adetailer.yolo_files import red_finder

SHIFT = 4
"""Strided convolutions look half a cell up and left of the middle from which distances count."""


def drawn(size: tuple[int, int], box: tuple[int, int, int, int], colour: str = "red") -> Pixels:
    picture = Image.new("RGB", size, "white")
    ImageDraw.Draw(picture).rectangle(box, fill=colour)
    return np.asarray(picture)


@pytest.fixture(scope="module")
def finder() -> YoloDetector:
    return YoloDetector(network=build_yolo(red_finder(), "x.pt"), device=torch.device("cpu"))


@pytest.mark.parametrize(("size", "box"), [((128, 128), (20, 50, 60, 90)), ((160, 96), (100, 20, 150, 60))])
def test_red_things_are_found_where_they_are(
    finder: YoloDetector, size: tuple[int, int], box: tuple[int, int, int, int]
) -> None:
    found = finder(drawn(size, box), 0.3)
    assert found
    for thing in found:
        middle = ((thing.box[0] + thing.box[2]) / 2, (thing.box[1] + thing.box[3]) / 2)
        assert box[0] - SHIFT < middle[0] < box[2] + SHIFT
        assert box[1] - SHIFT < middle[1] < box[3] + SHIFT
        assert thing.confidence > 0.3
        assert thing.outline is None


@pytest.mark.parametrize("colour", ["blue", "white", "black", "yellow"])
def test_other_things_are_not(finder: YoloDetector, colour: str) -> None:
    assert finder(drawn((128, 128), (20, 50, 60, 90), colour), 0.3) == []


def test_the_surest_come_first_and_no_thing_twice() -> None:
    class Fixed(YoloNetwork):
        def __init__(self) -> None:
            torch.nn.Module.__init__(self)

        def forward(self, x: torch.Tensor) -> YoloAnswer:
            boxes = torch.tensor([[0.0, 0, 100, 100], [2, 0, 102, 100], [300, 300, 400, 400], [0, 0, 1, 1]])
            scores = torch.tensor([[0.6, 0.1], [0.8, 0.1], [0.1, 0.9], [0.2, 0.1]])
            return YoloAnswer(boxes=boxes, scores=scores)

    found = YoloDetector(network=Fixed(), device=torch.device("cpu"))(drawn((640, 640), (0, 0, 9, 9)), 0.3)
    assert [round(thing.confidence, 1) for thing in found] == [0.9, 0.8]
    assert found[1].box == (2, 0, 102, 100)


def test_outlines_are_mixed_and_cut_to_the_picture() -> None:
    class Halves(YoloNetwork):
        def __init__(self) -> None:
            torch.nn.Module.__init__(self)

        def forward(self, x: torch.Tensor) -> YoloAnswer:
            height, width = x.shape[-2] // 4, x.shape[-1] // 4
            upper = torch.full((1, height, width), -1.0)
            upper[:, : height // 2] = 1.0
            return YoloAnswer(
                boxes=torch.tensor([[0.0, 0, 640, 640]]),
                scores=torch.tensor([[0.9]]),
                mixture=torch.tensor([[1.0]]),
                prototypes=upper,
            )

    found = YoloDetector(network=Halves(), device=torch.device("cpu"))(drawn((200, 100), (0, 0, 9, 9)), 0.3)
    outline = found[0].outline
    assert outline is not None
    assert outline.shape == (100, 200)
    assert outline[:48].all()
    assert not outline[52:].any()


def test_only_things_of_the_classes_that_are_wanted(finder: YoloDetector) -> None:
    picture = drawn((128, 128), (20, 50, 60, 90))
    assert replace(finder, classes=frozenset({0, 3}))(picture, 0.3)
    assert replace(finder, classes=frozenset({1}))(picture, 0.3) == []
