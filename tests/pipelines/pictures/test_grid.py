"""Rows of a grid, and the places of its pictures."""

from __future__ import annotations

import pytest
from PIL import Image

from pipelines.contract.errors import InvalidRequest
from pipelines.pictures.grid import grid_rows, picture_grid


def tile(red: int, size: tuple[int, int] = (2, 2)) -> Image.Image:
    return Image.new("RGB", size, (red, 0, 0))


@pytest.mark.parametrize(
    ("count", "batch_size", "rows", "expected"),
    [
        (8, 2, 3, 3),
        (2, 2, 9, 2),
        (8, 2, 0, 2),
        (3, 8, 0, 3),
        (4, 1, -1, 2),
        (6, 1, -1, 2),
        (7, 1, -1, 3),
        (1, 1, -1, 1),
    ],
)
def test_rows_are_as_said_or_the_batch_size_or_about_the_root(
    count: int, batch_size: int, rows: int, expected: int
) -> None:
    assert grid_rows(count, batch_size, rows, no_empty_spots=False) == expected


@pytest.mark.parametrize(("count", "expected"), [(12, 3), (7, 1), (9, 3), (10, 2)])
def test_without_empty_spots_rows_divide_the_count(count: int, expected: int) -> None:
    assert grid_rows(count, 1, -1, no_empty_spots=True) == expected


def test_pictures_fill_row_after_row_and_the_rest_is_background() -> None:
    grid = picture_grid([tile(10), tile(20), tile(30)], 2, "#0000ff")
    assert grid.size == (4, 4)
    corners = [grid.getpixel(at) for at in ((0, 0), (3, 0), (0, 3), (3, 3))]
    assert corners == [(10, 0, 0), (20, 0, 0), (30, 0, 0), (0, 0, 255)]


def test_smaller_pictures_lie_in_the_middle_of_their_cell() -> None:
    grid = picture_grid([tile(10, (2, 4)), tile(20, (6, 2))], 1)
    assert grid.size == (12, 4)
    white = (255, 255, 255)
    row = [grid.getpixel((x, 1)) for x in range(12)]
    assert row == [white] * 2 + [(10, 0, 0)] * 2 + [white] * 2 + [(20, 0, 0)] * 6
    assert grid.getpixel((6, 0)) == white


def test_a_background_that_is_no_colour_names_its_option() -> None:
    with pytest.raises(InvalidRequest) as refused:
        picture_grid([tile(1)], 1, "nothing")
    assert refused.value.field == "options.grid_background_color"
