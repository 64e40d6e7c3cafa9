"""Large pictures denoised in tiles."""

from __future__ import annotations

from itertools import pairwise

import pytest
import torch

from extensions.invokeai.drawing.tiles import MOST, TileSize, spans, tiles_of
from tests.extensions.invokeai.drawing.test_denoise import shown
from tests.extensions.invokeai.graphs import SIDE, GraphEngine, drawing, extended, model


@pytest.mark.parametrize(("length", "tile", "overlap"), [(20, 8, 2), (65, 16, 4), (9, 8, 7), (100, 99, 1)])
def test_spans_cover_everything_and_neighbours_share_no_more_than_the_overlap(
    length: int, tile: int, overlap: int
) -> None:
    found = spans(length, tile, overlap)
    assert (found[0].first, found[-1].last) == (0, length)
    assert all(span.stop - span.start == tile and span.start >= 0 for span in found)
    assert all(span.start <= span.first < span.last <= span.stop for span in found)
    assert all(left.last - right.first == overlap for left, right in pairwise(found))
    assert len(spans(tile, tile, overlap)) == 1


def test_what_counts_of_tiles_is_put_together() -> None:
    latents = torch.arange(9.0 * 13).reshape(1, 1, 9, 13)
    total, count = torch.zeros_like(latents), torch.zeros_like(latents)
    tiles = tiles_of(9, 13, TileSize(width=6, height=5, overlap=2))
    for tile in tiles:
        tile.add(total, tile.cut(latents))
        tile.add(count, torch.ones_like(tile.cut(latents)))
    assert len(tiles) == 9 and (count.min(), count.max()) == (1, 4)
    assert torch.allclose(total / count, latents)


def test_too_many_tiles_and_too_much_overlap_are_refused() -> None:
    with pytest.raises(ValueError, match="tile_overlap"):
        tiles_of(9, 9, TileSize(width=4, height=9, overlap=4))
    with pytest.raises(ValueError, match=str(MOST)):
        tiles_of(256, 256, TileSize(width=2, height=2, overlap=1))


def test_a_tile_as_large_as_the_picture_changes_nothing_and_smaller_ones_do(engine: GraphEngine) -> None:
    plain = drawing()

    def tiled(**sizes: int) -> dict[str, object]:
        node = {"type": "tiled_multi_diffusion_denoise_latents", "steps": 2, "cfg_scale": 5, **sizes}
        return {**plain, "nodes": {**plain["nodes"], "denoise": node}}

    expected = shown(engine, engine.run(plain))
    assert abs(shown(engine, engine.run(tiled())) - expected).max() == 0
    parts = shown(engine, engine.run(tiled(tile_width=32, tile_height=SIDE, tile_overlap=8)))
    assert parts.shape == expected.shape and abs(parts - expected).max() > 0


def test_control_networks_see_their_tiles(engine: GraphEngine) -> None:
    node = {
        "type": "tiled_multi_diffusion_denoise_latents", "steps": 1, "tile_width": 32, "tile_overlap": 8
    }  # fmt: skip
    base = drawing(steps=1)
    tiled = {**base, "nodes": {**base["nodes"], "denoise": node}}
    blank = {"type": "blank_image", "width": SIDE, "height": SIDE}
    control = {"type": "controlnet", "control_model": model("tiny-control-canny", "controlnet")}
    steered = extended(
        tiled,
        {"blank": blank, "control": control},
        ("blank.image", "control.image"),
        ("control.control", "denoise.control"),
    )
    assert abs(shown(engine, engine.run(steered)) - shown(engine, engine.run(tiled))).max() > 0
