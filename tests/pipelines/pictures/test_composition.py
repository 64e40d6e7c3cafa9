"""Pictures put together: overlays, fills, colours, grids, tiles and legends."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from pipelines.contract.errors import InvalidRequest
from pipelines.contract.heed import in_one_go
from pipelines.pictures.canvas import plain_canvas
from pipelines.pictures.color import correct_colors, lab_reference
from pipelines.pictures.fill import fill_masked
from pipelines.pictures.grid import grid_rows, picture_grid
from pipelines.pictures.overlay import apply_overlay, make_overlay, masked_composite, uncrop
from pipelines.pictures.tiles import process_tiled, split_grid
from tests.pipelines.pictures.files import scene

RED, BLUE = Image.new("RGB", (32, 16), (255, 0, 0)), Image.new("RGB", (32, 16), (0, 0, 255))
LEFT = Image.new("L", (32, 16), 0)
LEFT.paste(255, (0, 0, 16, 16))


def test_the_overlay_keeps_what_is_not_masked() -> None:
    made = apply_overlay(BLUE, make_overlay(RED, LEFT), None)
    assert [made.getpixel((x, 8)) for x in (0, 31)] == [(0, 0, 255), (255, 0, 0)]
    assert apply_overlay(BLUE, None, None) is BLUE


def test_a_crop_goes_back_to_its_place() -> None:
    made = apply_overlay(BLUE, make_overlay(RED, LEFT), (4, 2, 8, 4))
    assert [made.getpixel(place) for place in ((6, 4), (31, 8))] == [(0, 0, 255), (255, 0, 0)]
    assert uncrop(BLUE, (64, 64), (4, 2, 8, 4)).getpixel((0, 0)) == (0, 0, 0, 0)


def test_the_masked_part_alone() -> None:
    made = masked_composite(BLUE, LEFT)
    assert [made.getpixel((x, 8)) for x in (0, 31)] == [(0, 0, 255, 255), (0, 0, 0, 0)]


def test_filling_smears_the_surroundings() -> None:
    image = RED.copy()
    image.paste((0, 255, 0), (0, 0, 16, 16))
    filled = np.asarray(fill_masked(image, LEFT))
    assert filled[:, :, 1].max() < 8, "nothing of the masked colour is left"
    assert filled[8, 31].tolist() == [255, 0, 0]


def test_colours_follow_the_reference_and_light_does_not() -> None:
    grey = Image.fromarray(np.tile(np.linspace(40, 200, 64).astype(np.uint8), (64, 1))).convert("RGB")
    warm = Image.merge(
        "RGB",
        [
            channel.point(lambda v, k=k: int(v * k))
            for channel, k in zip(grey.split(), (1.0, 0.8, 0.5), strict=True)
        ],
    )
    made = np.asarray(correct_colors(grey, lab_reference(warm))).astype(float)
    assert made[:, :, 0].mean() > made[:, :, 2].mean() + 30
    light = made @ np.array([0.299, 0.587, 0.114])
    assert np.abs(light - np.asarray(grey)[:, :, 0]).mean() < 3
    assert (
        np.abs(np.asarray(correct_colors(warm, lab_reference(warm))).astype(int) - np.asarray(warm)).mean()
        < 3
    )


@pytest.mark.parametrize(
    ("count", "rows", "dense", "wanted"),
    [
        (6, 2, False, 2),
        (6, 0, False, 4),
        (6, -1, False, 2),
        (6, -1, True, 2),
        (7, -1, True, 1),
        (1, 9, False, 1),
    ],
)
def test_rows_of_a_grid(count: int, rows: int, dense: bool, wanted: int) -> None:
    assert grid_rows(count, 4, rows, no_empty_spots=dense) == wanted


def test_a_grid_centres_smaller_pictures() -> None:
    grid = picture_grid([RED, Image.new("RGB", (16, 8)), BLUE], 2, "#00ff00")
    assert grid.size == (64, 32)
    assert [grid.getpixel(place) for place in ((0, 0), (33, 1), (48, 8), (0, 31), (63, 31))] == [
        (255, 0, 0),
        (0, 255, 0),
        (0, 0, 0),
        (0, 0, 255),
        (0, 255, 0),
    ]


def test_a_background_that_is_no_colour_names_its_option() -> None:
    with pytest.raises(InvalidRequest, match="#ffffff") as caught:
        plain_canvas("RGB", (1, 1), "nonsense", option="grid_background_color")
    assert caught.value.field == "options.grid_background_color"


@pytest.mark.parametrize("tile", [0, 16, 24])
def test_tiles_join_without_a_trace(tile: int) -> None:
    picture = scene(64, 40)
    same = np.asarray(in_one_go(process_tiled(picture, lambda part: part, tile, 8))).astype(int)
    assert np.abs(same - np.asarray(picture)).max() <= 1
    larger = process_tiled(picture, lambda part: part.resize((part.width * 2, part.height * 2)), tile, 8)
    assert in_one_go(larger).size == (128, 80)


def test_the_last_tile_ends_at_the_border() -> None:
    grid = split_grid(100, 50, 64, 64, 8)
    assert (grid.xs, grid.ys) == ((0, 36), (-14,))
