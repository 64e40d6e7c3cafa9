"""The demo's LoRA and ControlNet do what they were trained for."""

from __future__ import annotations

import base64
import io
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from pipelines.request import ScriptCall
from tests.meaning.conftest import SIDE, Draw
from tools.demo.judge import Sighting, read_picture
from tools.demo.scenes import COLOURS, Colour, paint_shape
from tools.train_demo_lora import TEAL

SEEDS = (1, 2, 3)
PROMPT = "a red shape"


def _ink(picture: Image.Image) -> Colour:
    """The median colour of what isn't white."""
    pixels = np.asarray(picture).reshape(-1, 3)
    red, green, blue = np.median(pixels[pixels.min(axis=1) < 128], axis=0)
    return int(red), int(green), int(blue)


def _distance(first: Colour, second: Colour) -> float:
    return float(np.linalg.norm(np.subtract(first, second)))


def test_the_lora_colours_as_it_was_taught(draw: Draw) -> None:
    prompt = "a red circle on a white background"
    for seed in SEEDS:
        plain = _ink(draw(prompt, seed))
        taught = _ink(draw(prompt + "<lora:demo-teal:1>", seed))
        assert _distance(plain, COLOURS["red"]) < 70 < _distance(plain, TEAL)
        assert _distance(taught, TEAL) < 70 < _distance(taught, COLOURS["red"])


def _star(x: float, y: float) -> str:
    """A hollow star around a point given in shares of the side, as base64."""
    image = Image.new("RGB", (SIDE, SIDE), "white")
    pen = ImageDraw.Draw(image)
    paint_shape(pen, "star", (x * SIDE, y * SIDE), 24, 0)
    paint_shape(pen, "star", (x * SIDE, y * SIDE), 22, 255 * 0x010101)
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return base64.b64encode(buffer.getvalue()).decode()


def _unit(x: float, y: float, **values: Any) -> dict[str, Any]:
    return {"enabled": True, "image": _star(x, y), "module": "canny", "model": "demo-canny", **values}


def _controlled(draw: Draw, seed: int, *units: dict[str, Any]) -> Image.Image:
    return draw(PROMPT, seed, always_on=(ScriptCall(name="ControlNet", args=units),))


def _is_star_at_left(figure: Sighting) -> bool:
    return (figure.shape, figure.colour, figure.position) == ("star", "red", "left")


def test_drawn_edges_decide_shape_and_place(draw: Draw) -> None:
    with_unit = [read_picture(_controlled(draw, seed, _unit(0.29, 0.5))).figures for seed in SEEDS]
    without = [read_picture(draw(PROMPT, seed)).figures for seed in SEEDS]
    assert sum(any(map(_is_star_at_left, figures)) for figures in with_unit) >= 2, with_unit
    assert not any(_is_star_at_left(figure) for figures in without for figure in figures)


def test_more_weight_controls_more(draw: Draw) -> None:
    plain = np.asarray(draw(PROMPT), dtype=float)
    changes = [
        np.abs(np.asarray(_controlled(draw, 1, _unit(0.29, 0.5, weight=weight)), dtype=float) - plain).mean()
        for weight in (0.0, 0.2, 1.0)
    ]
    assert changes[0] == 0 < changes[1] < changes[2]


def test_two_units_combine(draw: Draw) -> None:
    units = (_unit(0.29, 0.5), _unit(0.71, 0.5))
    found = [{f.position for f in read_picture(_controlled(draw, seed, *units)).figures} for seed in SEEDS]
    assert sum(places >= {"left", "right"} for places in found) >= 2, found
