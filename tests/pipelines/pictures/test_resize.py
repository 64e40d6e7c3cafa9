"""Resize modes: stretched, cropped, filled; and transparency on a colour."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from pipelines.contract.errors import InvalidRequest
from pipelines.contract.heed import Pieces, in_one_go
from pipelines.pictures.resize import CROP, FILL, LATENT, STRETCH, flatten, resize_in_pieces, resize_picture

SIZES = [(1, 1), (1, 300), (300, 1), (3, 5), (64, 48), (100, 20)]


@pytest.mark.parametrize("target", [(64, 64), (8, 96), (96, 8)])
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("mode", [STRETCH, CROP, FILL, LATENT])
def test_every_size_comes_to_the_size(mode: int, size: tuple[int, int], target: tuple[int, int]) -> None:
    assert resize_picture(mode, Image.new("RGB", size), *target).size == target


def _same(picture: Image.Image, scale: float) -> Pieces[Image.Image]:
    yield
    return picture


@pytest.mark.parametrize("size", [(1, 100_000), (100_000, 1)])
def test_thin_pictures_are_not_blown_up(size: tuple[int, int]) -> None:
    image = Image.new("RGB", size)
    for mode, upscaler in ((CROP, None), (STRETCH, _same)):
        with pytest.raises(InvalidRequest, match="too large") as caught:
            in_one_go(resize_in_pieces(mode, image, 2048, 2048, upscaler))
        assert caught.value.field == "start.resize_mode"
    assert resize_picture(FILL, image, 64, 64).size == resize_picture(STRETCH, image, 64, 64).size == (64, 64)


def halves() -> Image.Image:
    """Left red, right blue."""
    image = Image.new("RGB", (64, 32), (255, 0, 0))
    image.paste((0, 0, 255), (32, 0, 64, 32))
    return image


def test_cropping_keeps_the_middle() -> None:
    cut = np.asarray(resize_picture(CROP, halves(), 32, 32))
    assert cut[16, 2].tolist() == [255, 0, 0]
    assert cut[16, 29].tolist() == [0, 0, 255]


def test_filling_stretches_the_edges() -> None:
    tall = np.asarray(resize_picture(FILL, halves(), 64, 64))
    assert tall[2, 2].tolist() == tall[61, 2].tolist() == [255, 0, 0]
    assert tall[2, 61].tolist() == tall[61, 61].tolist() == [0, 0, 255]


def test_only_stretching_keeps_the_mode() -> None:
    grey = Image.new("L", (8, 8))
    assert [resize_picture(mode, grey, 16, 8).mode for mode in (STRETCH, CROP, FILL)] == ["L", "RGB", "RGB"]


def test_the_upscaler_enlarges_and_never_shrinks() -> None:
    scales: list[float] = []

    def upscaler(picture: Image.Image, scale: float) -> Pieces[Image.Image]:
        yield
        scales.append(scale)
        return picture.resize((round(picture.width * scale), round(picture.height * scale)))

    def size(picture: Image.Image, width: int, height: int) -> tuple[int, int]:
        return in_one_go(resize_in_pieces(STRETCH, picture, width, height, upscaler)).size

    assert size(halves(), 128, 32) == (128, 32)
    assert size(halves(), 32, 16) == (32, 16)
    assert size(Image.new("L", (8, 8)), 16, 16) == (16, 16)
    assert scales == [2.0]


def test_flattening() -> None:
    clear = Image.new("RGBA", (1, 1), (0, 0, 0, 0))
    half = Image.new("RGBA", (1, 1), (0, 0, 0, 128))
    assert flatten(clear, "#ff8000").getpixel((0, 0)) == (255, 128, 0)
    assert flatten(half, "white").getpixel((0, 0)) == (127, 127, 127)
    assert flatten(Image.new("L", (1, 1), 9), "white").getpixel((0, 0)) == (9, 9, 9)
    with pytest.raises(InvalidRequest, match="no colour") as caught:
        flatten(clear, "nonsense")
    assert caught.value.field == "options.img2img_background_color"
