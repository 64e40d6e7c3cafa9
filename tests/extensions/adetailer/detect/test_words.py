"""Patches where a network that reads words is sure."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import nn

from extensions.adetailer.detect.words import MOST, WordsDetector
from pipelines.postprocess.segment.clipseg import WordFinder

PICTURE = np.zeros((40, 40, 3), dtype=np.uint8)


def detector(sure: NDArray[np.float32]) -> WordsDetector:
    class Told(WordFinder):
        def __call__(self, picture: Image.Image, words: str) -> NDArray[np.float32]:
            assert words == "a hat"
            return sure

    finder = Told(module=nn.Identity(), processor=None, device=torch.device("cpu"))
    return WordsDetector(finder=finder, words="a hat")


def test_each_patch_is_a_thing_of_its_own() -> None:
    sure = np.zeros((40, 40), dtype=np.float32)
    sure[2:6, 3:9], sure[20:30, 20:25], sure[35, 35] = 0.6, 0.9, 0.4
    first, second = detector(sure)(PICTURE, 0.5)
    assert first.box == (20, 20, 24, 29)
    assert second.box == (3, 2, 8, 5)
    assert (round(first.confidence, 3), round(second.confidence, 3)) == (0.9, 0.6)
    assert second.outline is not None
    assert np.argwhere(second.outline == 255).min(0).tolist() == [2, 3]
    assert np.count_nonzero(second.outline) == 24


def test_where_nothing_is_sure_enough_nothing_is_found() -> None:
    assert detector(np.full((40, 40), 0.5, dtype=np.float32))(PICTURE, 0.5) == []


def test_of_countless_patches_the_largest_count() -> None:
    sure = np.zeros((40, 40), dtype=np.float32)
    sure[::2, ::2] = 0.8
    sure[0:3, 0:3] = 0.7
    found = detector(sure)(PICTURE, 0.5)
    assert len(found) == MOST
    assert max(thing.area for thing in found) == 4
