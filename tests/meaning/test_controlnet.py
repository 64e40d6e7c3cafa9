"""The demo's ControlNets and image prompt do what they were trained for."""

from __future__ import annotations

import base64
import io
import math
import random
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from pipelines.contract.requests import ScriptCall
from tests.meaning.conftest import SIDE, Draw
from tools.demo.judge import read_picture
from tools.demo.scenes import Figure, Scene, draw_scene

COUNT = 3
PROMPT = "a red shape on a white background"
Place = tuple[int, int]
LEFT = (37, 64)


def _star(place: Place) -> list[tuple[float, float]]:
    points: list[tuple[float, float]] = []
    for corner in range(10):
        radius, turn = (29 * 0.42 if corner % 2 else 29), math.pi * (corner / 5 - 0.5)
        points.append((place[0] + radius * math.cos(turn), place[1] + radius * math.sin(turn)))
    return points


def _outline(place: Place, pen: int) -> Image.Image:
    """A star's white outline on black, drawn by hand and not by the tools that taught."""
    picture = Image.new("RGB", (SIDE, SIDE), "black")
    corners = _star(place)
    ImageDraw.Draw(picture).line([*corners, corners[0]], fill="white", width=pen, joint="curve")
    return picture


def _base64(picture: Image.Image) -> str:
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return base64.b64encode(buffer.getvalue()).decode()


def _unit(model: str = "demo-canny", pen: int = 1, **more: Any) -> dict[str, Any]:
    return {"image": _base64(_outline(LEFT, pen)), "module": "none", "model": model, **more}


def _drawn(draw: Draw, *units: dict[str, Any], count: int = COUNT, prompt: str = PROMPT) -> list[Image.Image]:
    call = ScriptCall(name="ControlNet", args=tuple({"enabled": True, **unit} for unit in units))
    return draw.several(prompt, count, always_on=(call,))


def _figures(picture: Image.Image) -> list[tuple[str, str, str]]:
    return [(figure.colour, figure.shape, figure.position) for figure in read_picture(picture).figures]


def _count(pictures: list[Image.Image], colour: str = "red") -> int:
    """Count the pictures of nothing but a star of that colour at the left."""
    return sum(_figures(picture) == [(colour, "star", "left")] for picture in pictures)


@pytest.mark.parametrize(
    ("model", "pen"), [("demo-canny", 1), pytest.param("demo-scribble", 3, marks=pytest.mark.slow)]
)
def test_lines_decide_shape_and_place_and_words_the_colour(draw: Draw, model: str, pen: int) -> None:
    assert _count(_drawn(draw, _unit(model, pen))) >= 2
    assert _count(_drawn(draw)) == 0


@pytest.mark.slow
def test_no_weight_is_no_control_and_more_weight_controls_more(draw: Draw) -> None:
    def drawn(weight: float) -> NDArray[np.float64]:
        return np.asarray(_drawn(draw, _unit(weight=weight), count=1)[0], np.float64)

    assert np.array_equal(drawn(0.0), np.asarray(_drawn(draw, count=1)[0]))
    target = drawn(1.0)
    distances = [float(np.abs(drawn(weight) - target).mean()) for weight in (0.0, 0.4, 0.8)]
    assert distances == sorted(distances, reverse=True)


@pytest.mark.slow
def test_control_that_ends_at_once_says_little(draw: Draw) -> None:
    def star(**window: Any) -> int:
        return _count(_drawn(draw, _unit(**window)))

    assert star(guidance_end=0.7) > star(guidance_start=0.7)


@pytest.mark.slow
def test_a_picture_lends_its_colour(draw: Draw) -> None:
    def seen(colour: str, *units: dict[str, Any]) -> int:
        pictures = _drawn(draw, *units, prompt="")
        return sum(found[0] == colour for picture in pictures for found in _figures(picture)[:1])

    colours = ("blue", "green")
    shown = sum(seen(colour, _shown(colour)) for colour in colours)
    assert shown >= 2 * COUNT - 1 > sum(map(seen, colours))


@pytest.mark.slow
def test_two_units_combine(draw: Draw) -> None:
    assert _count(_drawn(draw, _shown("blue"), _unit(), prompt=""), "blue") >= 2


def _shown(colour: str) -> dict[str, Any]:
    """A unit whose picture takes the place of words."""
    figure = Figure(shape="triangle", colour=colour, size="large", position="center", filled=True)
    picture = draw_scene(Scene(background="white", figures=(figure,)), SIDE, random.Random(3))
    return {"image": _base64(picture), "module": "ip-adapter_clip_sd15", "model": "demo-ip-adapter"}
