"""The demo's LoRA does what it was trained for."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from tests.meaning.conftest import Draw
from tools.demo.scenes import COLOURS, Colour
from tools.train_demo_lora import TEAL

COUNT = 3


def _ink(picture: Image.Image) -> Colour:
    """The median colour of what isn't white."""
    pixels = np.asarray(picture).reshape(-1, 3)
    red, green, blue = np.median(pixels[pixels.min(axis=1) < 128], axis=0)
    return int(red), int(green), int(blue)


def _distance(first: Colour, second: Colour) -> float:
    return float(np.linalg.norm(np.subtract(first, second)))


@pytest.mark.slow
def test_the_lora_colours_as_it_was_taught(draw: Draw) -> None:
    prompt = "a red circle on a white background"
    drawn = zip(draw.several(prompt, COUNT), draw.several(prompt + "<lora:demo-teal:1>", COUNT), strict=True)
    for plain, taught in ((_ink(before), _ink(after)) for before, after in drawn):
        assert _distance(plain, COLOURS["red"]) < 70 < _distance(plain, TEAL)
        assert _distance(taught, TEAL) < 70 < _distance(taught, COLOURS["red"])
