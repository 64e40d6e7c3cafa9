"""Sizes of both passes of hires fix, as A1111 computes them."""

from __future__ import annotations

import pytest

from pipelines.contract.hires_size import HiresSize, hires_size
from pipelines.contract.requests import Hires


def second(size: HiresSize) -> tuple[int, int]:
    return size.upscale_width, size.upscale_height


@pytest.mark.parametrize(
    ("scale", "expected"), [(2.0, (1024, 768)), (1.3, (665, 499)), (1.0, (512, 384)), (0.5, (256, 192))]
)
def test_a_factor_is_rounded_down(scale: float, expected: tuple[int, int]) -> None:
    size = hires_size(512, 384, Hires(scale=scale))
    assert (size.width, size.height) == (512, 384)
    assert second(size) == expected
    assert size.resize is None


@pytest.mark.parametrize(
    ("x", "y", "expected"), [(1000, 0, (1000, 750)), (0, 1000, (1333, 1000)), (1001, 0, (1001, 750))]
)
def test_one_side_brings_the_other_along(x: int, y: int, expected: tuple[int, int]) -> None:
    size = hires_size(512, 384, Hires(resize_x=x, resize_y=y))
    assert second(size) == expected
    assert (size.truncate_x, size.truncate_y, size.resize) == (0, 0, (x, y))


def test_two_sides_are_covered_and_the_rest_cut_off() -> None:
    tall = hires_size(512, 512, Hires(resize_x=1024, resize_y=768))
    assert (second(tall), tall.truncate_x, tall.truncate_y) == ((1024, 1024), 0, 256)
    wide = hires_size(512, 512, Hires(resize_x=768, resize_y=1024))
    assert (second(wide), wide.truncate_x, wide.truncate_y) == ((1024, 1024), 256, 0)
    same = hires_size(512, 256, Hires(resize_x=1024, resize_y=512))
    assert (second(same), same.truncate_x, same.truncate_y) == ((1024, 512), 0, 0)


def test_a_first_pass_of_its_own_is_scaled_unless_resized() -> None:
    hires = Hires(scale=3, first_width=256, first_height=128)
    size = hires_size(1024, 768, hires)
    assert ((size.width, size.height), second(size)) == ((256, 128), (768, 384))
    resized = hires_size(
        1024, 768, Hires(scale=3, first_width=256, first_height=128, resize_x=512, resize_y=256)
    )
    assert ((resized.width, resized.height), second(resized)) == ((256, 128), (512, 256))


@pytest.mark.parametrize(
    ("width", "height", "first"),
    [(1024, 1024, (512, 512)), (1024, 512, (768, 384)), (2048, 512, (1024, 256)), (640, 640, (512, 512))],
)
def test_old_sizes_begin_near_512_squared(width: int, height: int, first: tuple[int, int]) -> None:
    size = hires_size(width, height, Hires(), old_sizes=True)
    assert (size.width, size.height) == first
    assert (second(size)[0] - size.truncate_x, second(size)[1] - size.truncate_y) == (width, height)
    assert size.resize == (width, height)


def test_half_a_first_size_has_no_ratio() -> None:
    with pytest.raises(ZeroDivisionError):
        hires_size(512, 512, Hires(first_height=512, resize_x=1024))
