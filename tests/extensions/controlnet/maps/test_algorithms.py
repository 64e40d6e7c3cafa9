"""Preprocessors without weights, against OpenCV, NumPy and what they mean."""

from __future__ import annotations

import contextlib

import cv2
import numpy as np
import pytest

from extensions.controlnet.maps.sliders import Sliders, call
from extensions.controlnet.preprocessors.preprocessor import MaskUse, function
from extensions.controlnet.preprocessors.table import PREPROCESSORS, find_preprocessor
from extensions.controlnet.units.pictures import Array
from pipelines.contract.errors import InvalidRequest


@pytest.fixture
def picture() -> Array:
    """(64, 128, 3): a smooth ramp with a dark square."""
    image = np.tile(np.linspace(60, 250, 128).astype(np.uint8)[None, :, None], (64, 1, 3))
    image[20:40, 30:60] = (10, 200, 30)
    return image


def run(name: str, picture: Array, **values: float) -> Array:
    module = find_preprocessor(name)
    assert module is not None
    sliders = Sliders(resolution=64, random=np.random.RandomState(3), **values)
    return call(function(module.run), module, picture, sliders)


def test_canny_is_opencvs(picture: Array) -> None:
    made = run("canny", picture, a=100, b=200)
    assert np.array_equal(made[:, :, 0], cv2.Canny(picture, 100, 200))
    assert made.any()


def test_invert_and_threshold(picture: Array) -> None:
    assert np.array_equal(run("invert", picture), 255 - picture)
    assert np.array_equal(run("threshold", picture, a=127)[:, :, 0] > 0, picture.min(axis=2) > 127)


def test_blur_is_opencvs(picture: Array) -> None:
    assert np.array_equal(run("blur_gaussian", picture, a=5.0), cv2.GaussianBlur(picture, (0, 0), 5.0))


def test_tile_resample_shrinks(picture: Array) -> None:
    assert run("tile_resample", picture, a=1.0) is picture
    assert run("tile_resample", picture, a=2.0).shape == (32, 64, 3)


def test_recolor_keeps_the_value_channel(picture: Array) -> None:
    made = run("recolor_intensity", picture, a=1.0)
    assert np.array_equal(made[:, :, 0], picture.max(axis=2))
    darker = run("recolor_intensity", picture, a=2.0)
    assert darker.mean() < made.mean()


def test_shuffle_follows_its_seed(picture: Array) -> None:
    first = run("shuffle", picture)
    assert np.array_equal(first, run("shuffle", picture))
    assert not np.array_equal(first, picture)


def test_color_grid_has_one_colour_per_cell(picture: Array) -> None:
    made = run("color", np.tile(picture, (2, 1, 1)))
    assert made.shape == (64, 64, 3)
    assert len(np.unique(made.reshape(-1, 3), axis=0)) == 1


def test_scribble_xdog_is_black_and_white(picture: Array) -> None:
    assert set(np.unique(run("scribble_xdog", picture, a=32))) <= {0, 255}


def test_lineart_standard_finds_dark_lines() -> None:
    paper = np.full((64, 64, 3), 240, np.uint8)
    paper[30:33] = 20
    made = run("lineart_standard", paper)
    assert made[31].mean() > 100 > made[5].mean()


@pytest.mark.parametrize(
    "name", ["none", "reference_only", "tile_colorfix+sharp", "inpaint_global_harmonious"]
)
def test_identities(name: str, picture: Array) -> None:
    assert run(name, picture) is picture


ALGORITHMS = sorted(key for key, row in PREPROCESSORS.items() if row.run)


@pytest.mark.parametrize("shape", [(1, 1), (1, 64), (64, 1), (2, 3), (300, 2), (700, 9)])
@pytest.mark.parametrize("name", ALGORITHMS)
def test_pictures_of_a_few_pixels_have_a_map_or_are_refused(name: str, shape: tuple[int, int]) -> None:
    row = PREPROCESSORS[name]
    tiny = np.full((*shape, 4 if row.mask is MaskUse.NEEDED else 3), 100, np.uint8)
    if max(shape) / min(shape) < 64 or name == "none":
        assert call(function(row.run), row, tiny, Sliders(resolution=512)).ndim == 3
        return
    with contextlib.suppress(InvalidRequest):  # those that know a resolution
        assert call(function(row.run), row, tiny, Sliders(resolution=512)).ndim == 3
