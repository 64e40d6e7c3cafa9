"""The image analysis reads back what was drawn, and notices what is missing or wrong."""

import random
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from tools.demo.judge import Verdict, judge, name_position, nearest_name, read_picture
from tools.demo.scenes import COLOURS, POSITIONS, Figure, Scene, draw_scene, sample_scene

RIGHT = Verdict(colour=True, shape=True, background=True, position=True)


def scene_of(*figures: Figure) -> Scene:
    return Scene(background="white", figures=figures)


STAR = Figure(shape="star", colour="blue", size="medium", position="left", filled=True)
SQUARE = Figure(shape="square", colour="green", size="medium", position="right", filled=True)


@pytest.mark.parametrize("side", [128, 192])
def test_drawn_scenes_are_read_back(side: int) -> None:
    rng = random.Random(11)
    for _ in range(150):
        scene = sample_scene(rng)
        assert judge(read_picture(draw_scene(scene, side, rng)), scene) == RIGHT, scene


def test_outlines_are_told_from_filled_shapes() -> None:
    for filled in (True, False):
        figure = replace(SQUARE, filled=filled)
        assert read_picture(draw_scene(scene_of(figure), 128, random.Random(1))).figures[0].filled is filled


@pytest.mark.parametrize(
    ("asked", "failed"),
    [
        (replace(STAR, colour="red"), "colour"),
        (replace(STAR, shape="circle"), "shape"),
        (replace(STAR, position="top"), "position"),
    ],
)
def test_one_wrong_aspect_fails_alone(asked: Figure, failed: str) -> None:
    reading = read_picture(draw_scene(scene_of(STAR), 128, random.Random(1)))
    verdict = judge(reading, scene_of(asked))
    assert verdict == replace(RIGHT, **{failed: False})


def test_a_missing_figure_fails_all_but_the_background() -> None:
    reading = read_picture(draw_scene(scene_of(STAR), 128, random.Random(1)))
    expected = Verdict(colour=False, shape=False, background=True, position=False)
    assert judge(reading, scene_of(STAR, SQUARE)) == expected


def test_a_surplus_figure_fails_the_shape() -> None:
    reading = read_picture(draw_scene(scene_of(STAR, SQUARE), 128, random.Random(1)))
    assert not judge(reading, scene_of(STAR)).shape


def test_swapped_colours_fail() -> None:
    reading = read_picture(draw_scene(scene_of(STAR, SQUARE), 128, random.Random(1)))
    swapped = scene_of(replace(STAR, colour="green"), replace(SQUARE, colour="blue"))
    assert not judge(reading, swapped).colour


def test_noise_is_nothing() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (128, 128, 3), dtype=np.uint8)
    verdict = judge(read_picture(Image.fromarray(pixels)), scene_of(STAR))
    assert not verdict.shape


def test_a_colour_far_from_the_palette_is_unknown() -> None:
    assert nearest_name((255, 0, 255), {"green": COLOURS["green"]}, 90) == "unknown"


@pytest.mark.parametrize("name", POSITIONS)
def test_positions_are_named(name: str) -> None:
    assert name_position(*POSITIONS[name]) == name
