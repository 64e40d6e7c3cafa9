"""The parts of a picture that each plan keeps."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PIL import Image, ImageDraw

from pipelines.contract.preprocessing import FocalCrop, MultiCrop, PreprocessRequest
from pipelines.training.preprocess.crops import best_size, crops_of, focal_point, split_count

PLAN = PreprocessRequest(source="", destination="", width=64, height=64)


def drawn(width: int, height: int, x: int, y: int) -> Image.Image:
    """A square on white."""
    image = Image.new("RGB", (width, height), "white")
    ImageDraw.Draw(image).rectangle((x - 8, y - 8, x + 8, y + 8), fill="black")
    return image


def test_a_picture_is_cut_evenly_or_left() -> None:
    image = drawn(128, 64, 64, 32)
    assert [cut.size for cut in crops_of(image, PLAN)] == [(64, 64)]
    assert [cut.size for cut in crops_of(image, replace(PLAN, keep_size=True))] == [(128, 64)]


@pytest.mark.parametrize(("size", "count"), [((64, 64), 1), ((64, 96), 1), ((64, 256), 5), ((256, 64), 5)])
def test_long_pictures_are_split(size: tuple[int, int], count: int) -> None:
    plan = replace(PLAN, split=True)
    assert split_count(size, plan) == count
    assert [cut.size for cut in crops_of(Image.new("RGB", size), plan)] == [(64, 64)] * count


def test_what_is_interesting_is_kept() -> None:
    image = drawn(256, 64, 200, 32)
    x, _ = focal_point(image, FocalCrop())
    assert 170 < x < 230
    (cut,) = crops_of(image, replace(PLAN, focal=FocalCrop()))
    assert min(pixel for pixel in cut.convert("L").tobytes()) == 0
    assert focal_point(image, FocalCrop(edges=0, entropy=0)) == (128, 32)


def test_the_nearest_shape_is_chosen() -> None:
    assert best_size((1600, 900), MultiCrop()) == (768, 448)
    assert best_size((10, 1000), MultiCrop()) == (10, 1000)
