"""The demo checkpoint draws what prompts ask for."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from pipelines.contract.requests import Hires
from tests.meaning.conftest import Draw
from tools.demo.judge import read_picture

PROMPTS = [
    ("a red circle on a white background", "red", "circle", "white"),
    ("a blue square on a white background", "blue", "square", "white"),
    ("a green triangle on a black background", "green", "triangle", "black"),
    ("a yellow star on a black background", "yellow", "star", "black"),
    ("a purple square on a white background", "purple", "square", "white"),
]
COUNT = 3
"""Pictures of a prompt."""


@pytest.mark.parametrize(
    ("prompt", "colour", "shape", "background"),
    [PROMPTS[0], *(pytest.param(*row, marks=pytest.mark.slow) for row in PROMPTS[1:])],
)
def test_draws_what_is_asked(draw: Draw, prompt: str, colour: str, shape: str, background: str) -> None:
    readings = [read_picture(picture) for picture in draw.several(prompt, COUNT)]
    right = [
        len(r.figures) == 1
        and (r.figures[0].colour, r.figures[0].shape, r.background) == (colour, shape, background)
        for r in readings
    ]
    assert sum(right) >= COUNT - 1, readings


def _colours(draw: Draw, prompt: str, **changes: Any) -> Counter[str]:
    readings = [read_picture(picture) for picture in draw.several(prompt, COUNT, **changes)]
    return Counter(figure.colour for r in readings for figure in r.figures[:1])


def _shapes(draw: Draw, prompt: str, **changes: Any) -> Counter[str]:
    readings = [read_picture(picture) for picture in draw.several(prompt, COUNT, **changes)]
    return Counter(figure.shape for r in readings for figure in r.figures[:1])


@pytest.mark.slow
def test_a_negative_prompt_takes_its_colour_away(draw: Draw) -> None:
    prompt = "a circle on a white background"
    assert _colours(draw, prompt)["red"] >= 2
    assert _colours(draw, prompt, negative_prompt="red")["red"] == 0


@pytest.mark.slow
def test_guidance_matters(draw: Draw) -> None:
    prompt = "a blue star on a black background"

    def right(scale: float) -> int:
        readings = [read_picture(picture) for picture in draw.several(prompt, COUNT, cfg_scale=scale)]
        return sum(any((f.colour, f.shape) == ("blue", "star") for f in r.figures) for r in readings)

    assert right(7.0) > right(1.0)


@pytest.mark.slow
def test_a_scheduled_word_takes_over(draw: Draw) -> None:
    assert _shapes(draw, "a red [circle:square:0.1] on a white background")["square"] >= 2
    assert _shapes(draw, "a red [circle:square:0.9] on a white background")["circle"] >= 2


@pytest.mark.slow
def test_hires_adds_size_without_a_second_figure(draw: Draw) -> None:
    hires = Hires(scale=1.5, upscaler="Lanczos")
    picture = draw("a red circle on a white background", hires=hires, denoising_strength=0.4)
    reading = read_picture(picture)
    assert picture.size == (192, 192)
    assert [(f.colour, f.shape) for f in reading.figures] == [("red", "circle")]


@pytest.mark.slow
def test_emphasis_strengthens(draw: Draw) -> None:
    def red(weight: float) -> int:
        pictures = draw.several(f"a (red:{weight}) blue circle on a white background", COUNT + 1)
        return sum(read_picture(picture).figures[0].colour == "red" for picture in pictures)

    assert red(1.6) == COUNT + 1 > red(1.0)


@pytest.mark.slow
def test_and_mixes_what_two_prompts_say(draw: Draw) -> None:
    star, green = "a star on a black background", "a green shape on a black background"
    assert _colours(draw, star)["green"] == 0
    assert _shapes(draw, green)["star"] == 0
    both = [read_picture(picture) for picture in draw.several(f"{star} AND {green}", COUNT)]
    assert [(f.colour, f.shape) for r in both for f in r.figures] == [("green", "star")] * COUNT
