"""The demo world is drawn as described, and its captions describe what is drawn."""

import random

import pytest

from tools.demo.captions import caption_scene, full_caption
from tools.demo.scenes import (
    BACKGROUNDS,
    COLOURS,
    HELD_OUT_SHARE,
    SHAPES,
    Figure,
    Scene,
    draw_scene,
    inner_radius,
    is_held_out,
    sample_scene,
)

FILLER = {
    "a",
    "an",
    "on",
    "at",
    "in",
    "the",
    "of",
    "and",
    "side",
    "background",
    "against",
    "picture",
    "drawing",
}
STYLES = {"filled", "outline", "outlined", "small", "medium", "large", "image", "middle", "shape"}
PLACES = {"left", "right", "top", "bottom", "center"}


def scenes(count: int) -> list[Scene]:
    rng = random.Random(7)
    return [sample_scene(rng) for _ in range(count)]


def one_figure(shape: str = "circle", filled: bool = True) -> Scene:
    figure = Figure(shape=shape, colour="red", size="medium", position="center", filled=filled)
    return Scene(background="white", figures=(figure,))


def test_the_corner_shows_the_background() -> None:
    for scene in scenes(20):
        assert draw_scene(scene, 64, random.Random(1)).getpixel((0, 0)) == BACKGROUNDS[scene.background]


@pytest.mark.parametrize(("filled", "expected"), [(True, COLOURS["red"]), (False, BACKGROUNDS["white"])])
def test_an_outline_is_hollow(filled: bool, expected: tuple[int, int, int]) -> None:
    picture = draw_scene(one_figure(filled=filled), 128, random.Random(1))
    assert picture.getpixel((64, 64)) == expected


def test_drawing_is_deterministic() -> None:
    first, second = (draw_scene(one_figure(), 64, random.Random(3)) for _ in range(2))
    assert first.tobytes() == second.tobytes()


@pytest.mark.parametrize("shape", SHAPES)
def test_the_inner_radius_grows_with_the_shape(shape: str) -> None:
    assert inner_radius(shape, 2.0) == pytest.approx(2 * inner_radius(shape, 1.0))


def test_a_fixed_share_is_held_out() -> None:
    sample = scenes(2000)
    share = sum(is_held_out(scene) for scene in sample) / len(sample)
    assert share == pytest.approx(HELD_OUT_SHARE, abs=0.05)
    assert [is_held_out(scene) for scene in sample] == [is_held_out(scene) for scene in scenes(2000)]


def test_a_full_caption_names_every_figure_and_the_background() -> None:
    rng = random.Random(2)
    for scene in scenes(200):
        words = full_caption(scene, rng).replace(",", "").split()
        assert scene.background in words
        for figure in scene.figures:
            assert figure.colour in words
            assert figure.shape in words
            assert figure.position == "center" or figure.position in words
            assert figure.size == "medium" or figure.size in words
            assert figure.filled != bool({"outline", "outlined"} & set(words))


def test_captions_keep_to_a_small_vocabulary() -> None:
    rng = random.Random(4)
    known = FILLER | STYLES | PLACES | set(SHAPES) | set(COLOURS) | set(BACKGROUNDS)
    for scene in scenes(500):
        assert set(caption_scene(scene, rng).replace(",", "").split()) <= known


def test_some_captions_are_empty() -> None:
    rng = random.Random(5)
    empty = [caption_scene(scene, rng) for scene in scenes(1000)].count("")
    assert 80 < empty < 170
