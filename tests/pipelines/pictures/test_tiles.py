"""Tiles: where they lie, and that joining them gives the picture back."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from pipelines.contract.errors import InvalidRequest
from pipelines.contract.heed import in_one_go
from pipelines.pictures.tiles import combine_grid, process_tiled, split_grid
from tests.pipelines.pictures.files import scene


def test_tiles_are_spread_evenly_and_end_at_the_border() -> None:
    grid = split_grid(512, 512, 192, 192, 48)
    # ceil((512 - 48) / (192 - 48)) = 4 tiles, (512 - 192) / 3 apart
    assert grid.xs == grid.ys == (0, 106, 213, 320)


def test_one_tile_takes_a_picture_of_its_size() -> None:
    assert split_grid(64, 64, 64, 64, 16).xs == (0,)


def test_a_picture_smaller_than_a_tile_begins_inside_of_it() -> None:
    assert split_grid(40, 64, 64, 64, 0).xs == (-24,)


@pytest.mark.parametrize("overlap", [64, 65])
def test_tiles_can_not_overlap_by_all_they_have(overlap: int) -> None:
    with pytest.raises(InvalidRequest, match=f"tiles of 64 pixels can't overlap by {overlap}"):
        split_grid(128, 128, 64, 64, overlap)


@pytest.mark.parametrize("overlap", [0, 3, 7])
def test_tiles_that_nobody_changed_join_to_the_picture(overlap: int) -> None:
    joined = in_one_go(process_tiled(scene(), lambda tile: tile, 8, overlap))
    assert np.abs(np.asarray(joined).astype(int) - np.asarray(scene()).astype(int)).max() <= 1


def test_enlarged_tiles_join_to_the_enlarged_picture() -> None:
    def double(tile: Image.Image) -> Image.Image:
        return tile.resize((tile.width * 2, tile.height * 2), Image.Resampling.NEAREST)

    joined = in_one_go(process_tiled(scene(), double, 8, 0))
    assert joined.tobytes() == double(scene()).tobytes()


def test_tiles_fade_into_each_other_over_their_overlap() -> None:
    grid = split_grid(12, 8, 8, 8, 4)
    left, right = Image.new("RGB", (8, 8)), Image.new("RGB", (8, 8), "white")
    row = np.asarray(combine_grid(grid, [[left, right]]))[0, :, 0]
    assert row.tolist() == [0] * 4 + [0, 63, 127, 191] + [255] * 4


def test_without_a_tile_size_the_picture_is_one_piece() -> None:
    seen: list[tuple[int, int]] = []

    def note(tile: Image.Image) -> Image.Image:
        seen.append(tile.size)
        return tile

    in_one_go(process_tiled(scene(), note, 0, 8))
    assert seen == [(24, 16)]


def test_too_many_tiles_are_refused_before_the_first() -> None:
    def refuse(tile: Image.Image) -> Image.Image:
        raise AssertionError(tile)

    with pytest.raises(InvalidRequest, match="at most 100000"):
        in_one_go(process_tiled(Image.new("RGB", (400, 400)), refuse, 1, 0))
