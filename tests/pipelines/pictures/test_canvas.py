"""A picture of one colour."""

from __future__ import annotations

import pytest

from pipelines.contract.errors import InvalidRequest
from pipelines.pictures.canvas import plain_canvas


def test_it_has_one_colour() -> None:
    canvas = plain_canvas("RGB", (3, 2), "#0a0b0c", option="x")
    assert (canvas.mode, canvas.size) == ("RGB", (3, 2))
    assert canvas.getcolors() == [(6, (10, 11, 12))]


def test_transparency_is_full_colour() -> None:
    assert plain_canvas("RGBA", (1, 1), "#0a0b0c", option="x").getpixel((0, 0)) == (10, 11, 12, 255)


def test_another_text_names_the_option() -> None:
    with pytest.raises(InvalidRequest, match="'#12' is no colour") as refused:
        plain_canvas("RGB", (1, 1), "#12", option="grid_background_color")
    assert refused.value.field == "options.grid_background_color"
