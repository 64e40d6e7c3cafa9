"""Starts of pictures: noise, a picture to vary, an enlarged one, or one that is the answer already."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PIL import Image

from extensions.fooocus.drawing import canvas
from extensions.fooocus.drawing.canvas import DrawingStart, plain_canvas, upscale_canvas
from extensions.fooocus.kinds import FooocusRequest, UpscaleWish
from pipelines.contract.heed import Pieces, in_one_go
from pipelines.families.base import Latents
from tests.extensions.fooocus.drawing.test_run import base_request
from tests.sdapi.fakes import png


@pytest.fixture(autouse=True)
def by_lanczos(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pictures are enlarged without upscalers, for a network of 8 pixels a cell."""

    def enlarged(picture: Image.Image, size: tuple[int, int], *_: object) -> Pieces[Image.Image]:
        yield
        return picture.resize(size)

    model = SimpleNamespace(latents=Latents(channels=4, cell=8, scale=1.0))
    monkeypatch.setattr(canvas, "enlarged", enlarged)
    monkeypatch.setattr(canvas, "model_of", lambda *_: model)


def request(native: int) -> FooocusRequest:
    return base_request(Path(), native=native, upscale_steps=18)


def start(width: int, height: int, *, native: int, **wish: Any) -> tuple[DrawingStart, list[str]]:
    told: list[str] = []
    services: Any = None
    asked = UpscaleWish(image=png(width, height), **wish)
    return in_one_go(upscale_canvas(request(native), asked, services, told.append)), told


def drawn_from(made: DrawingStart) -> tuple[int, int]:
    assert made.start is not None
    return Image.open(io.BytesIO(made.start.images[0])).size


def test_words_alone_start_from_noise() -> None:
    asked = request(1024)
    made = plain_canvas(replace(asked, base=replace(asked.base, width=640, height=384)))
    assert (made.size, made.start, made.product) == ((640, 384), None, ())


@pytest.mark.parametrize(
    ("given", "size"),
    [
        ((128, 128), (512, 512)),  # too small: its native side
        ((600, 600), (600, 600)),  # between: its own, in whole cells of 8
        ((645, 700), (640, 696)),
        ((704, 704), (704, 704)),
        ((2048, 2048), (1024, 1024)),  # too large: twice the native side
    ],
)
def test_a_varied_picture_lies_between_one_and_two_native_sides(
    given: tuple[int, int], size: tuple[int, int]
) -> None:
    made, told = start(*given, native=512, strength=0.85)
    assert (made.size, drawn_from(made), made.strength, made.steps, told) == (size, size, 0.85, None, [])


def test_an_enlarged_picture_is_drawn_over_in_its_own_steps() -> None:
    made, told = start(600, 500, native=512, factor=1.5, strength=0.382)
    assert (made.size, drawn_from(made)) == ((896, 744), (896, 744))
    assert (made.strength, made.steps, made.product, told) == (0.382, 18, (), [])


def test_a_small_picture_grows_to_the_native_side() -> None:
    made, _ = start(100, 100, native=512, factor=1.5)
    assert made.size == (512, 512)


def test_a_fast_one_is_the_answer_at_its_plain_size() -> None:
    made, told = start(100, 80, native=512, factor=2.0, fast=True)
    assert ([image.size for image in made.product], made.start, told) == ([(200, 160)], None, [])


def test_one_that_is_too_large_to_be_drawn_over_is_the_answer() -> None:
    # the bound of the original: 2800 pixels for a native side of 1024, so 1400 for 512
    made, told = start(704, 704, native=512, factor=2.0)
    assert ([image.size for image in made.product], made.start) == ([(1408, 1408)], None)
    assert told[0].startswith("uov_method: ")
    assert start(672, 672, native=512, factor=2.0)[1] == []
