"""Legends take room of their own, and cells stay as they were."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from pipelines.contract.errors import InvalidRequest
from pipelines.pictures.annotate import Label, LegendStyle, annotate_grid
from tests.pipelines.pictures.files import scene

WIDTH, HEIGHT = 120, 80
GRID = scene(WIDTH * 2, HEIGHT * 2)
NOTHING = [[Label(text="")], [Label(text="")]]
WORDS = [[Label(text="one")], [Label(text="two")]]
LEFT = WIDTH * 3 // 4


def cell(image: Image.Image, x: int, y: int) -> bytes:
    return image.crop((x, y, x + WIDTH, y + HEIGHT)).tobytes()


def colors(image: Image.Image) -> set[tuple[int, int, int]]:
    return {(red, green, blue) for red, green, blue in np.asarray(image).reshape(-1, 3).tolist()}


def written(image: Image.Image) -> bool:
    """True if there is dark on the white."""
    return min(red for red, _, _ in colors(image)) < 100


def test_without_texts_the_grid_is_as_it_was() -> None:
    assert annotate_grid(GRID, WIDTH, HEIGHT, NOTHING, NOTHING).tobytes() == GRID.tobytes()


def test_margins_lie_between_cells_only() -> None:
    spread = annotate_grid(GRID, WIDTH, HEIGHT, NOTHING, NOTHING, margin=10)
    assert spread.size == (WIDTH * 2 + 10, HEIGHT * 2 + 10)
    assert cell(spread, WIDTH + 10, HEIGHT + 10) == cell(GRID, WIDTH, HEIGHT)
    assert spread.crop((WIDTH, 0, WIDTH + 10, HEIGHT)).getcolors() == [(10 * HEIGHT, (255, 255, 255))]


def test_rows_have_a_column_of_three_quarters_of_a_cell() -> None:
    legend = annotate_grid(GRID, WIDTH, HEIGHT, NOTHING, WORDS)
    assert legend.size == (LEFT + WIDTH * 2, HEIGHT * 2)
    assert cell(legend, LEFT, 0) == cell(GRID, 0, 0)
    assert cell(legend, LEFT + WIDTH, HEIGHT) == cell(GRID, WIDTH, HEIGHT)
    for row in (0, 1):
        assert written(legend.crop((0, HEIGHT * row, LEFT, HEIGHT * (row + 1))))


def test_columns_have_their_texts_above() -> None:
    legend = annotate_grid(GRID, WIDTH, HEIGHT, WORDS, NOTHING)
    top = legend.height - HEIGHT * 2
    assert legend.width == WIDTH * 2
    assert cell(legend, WIDTH, top) == cell(GRID, WIDTH, 0)
    for column in (0, 1):
        assert written(legend.crop((WIDTH * column, 0, WIDTH * (column + 1), top)))


def test_long_texts_wrap_and_need_more_room() -> None:
    def height(text: str) -> int:
        columns = [[Label(text=text)], [Label(text="")]]
        return annotate_grid(GRID, WIDTH, HEIGHT, columns, NOTHING).height

    assert height("word " * 40) > height("word ")


def test_a_single_word_that_is_too_long_stays_in_its_cell() -> None:
    legend = annotate_grid(GRID, WIDTH, HEIGHT, [[Label(text="m" * 60)], [Label(text="")]], NOTHING)
    top = legend.height - HEIGHT * 2
    assert colors(legend.crop((WIDTH, 0, WIDTH * 2, top))) == {(255, 255, 255)}


def test_inactive_texts_are_struck_through_in_their_own_colour() -> None:
    style = LegendStyle(background="#000000", active="#00ff00", inactive="#ff0000")
    columns = [[Label(text="yes")], [Label(text="no", active=False)]]
    legend = annotate_grid(GRID, WIDTH, HEIGHT, columns, NOTHING, style=style)
    top = legend.height - HEIGHT * 2
    yes, no = colors(legend.crop((0, 0, WIDTH, top))), colors(legend.crop((WIDTH, 0, WIDTH * 2, top)))
    assert max(green for _, green, _ in yes) > 150 and not any(red for red, _, _ in yes)
    assert (255, 0, 0) in no and not any(green for _, green, _ in no)


def test_a_font_that_is_no_font_names_its_option() -> None:
    with pytest.raises(InvalidRequest) as refused:
        annotate_grid(GRID, WIDTH, HEIGHT, WORDS, NOTHING, style=LegendStyle(font="/no/font.ttf"))
    assert refused.value.field == "options.font"
