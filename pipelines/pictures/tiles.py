"""Cut a picture into overlapping tiles and join the results with ramps."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image

from pipelines.contract.errors import InvalidRequest
from pipelines.contract.heed import Pieces, heeding

MOST_TILES = 100_000
"""More are a slip in the options: 8192 x 8192 pixels are 67,000 tiles of 32."""
Process = Callable[[Image.Image], Image.Image]


@dataclass(frozen=True, slots=True, kw_only=True)
class TileGrid:
    """Tile positions: ``xs`` and ``ys`` are the left and top edges, in pixels."""

    width: int
    height: int
    tile_width: int
    tile_height: int
    overlap: int
    xs: tuple[int, ...]
    ys: tuple[int, ...]


def split_grid(width: int, height: int, tile_width: int, tile_height: int, overlap: int) -> TileGrid:
    """Spread tiles evenly; the last one ends at the border. Smaller pictures get a negative position."""
    return TileGrid(
        width=width,
        height=height,
        tile_width=tile_width,
        tile_height=tile_height,
        overlap=overlap,
        xs=_positions(width, tile_width, overlap),
        ys=_positions(height, tile_height, overlap),
    )


def _positions(length: int, tile: int, overlap: int) -> tuple[int, ...]:
    if overlap >= tile:
        raise InvalidRequest(f"tiles of {tile} pixels can't overlap by {overlap}")
    count = max(1, math.ceil((length - overlap) / (tile - overlap)))
    step = (length - tile) / (count - 1) if count > 1 else 0
    return tuple(int(i * step) if int(i * step) + tile < length else length - tile for i in range(count))


def combine_grid(grid: TileGrid, rows: list[list[Image.Image]], scale: float = 1.0) -> Image.Image:
    """Join processed tiles (``rows[y][x]``), ramping over the overlap; ``scale`` is their enlargement."""

    def scaled(value: int) -> int:
        return int(value * scale)

    width, overlap = scaled(grid.width), scaled(grid.overlap)
    result = Image.new("RGB", (width, scaled(grid.height)))
    tile_w, tile_h = scaled(grid.tile_width), scaled(grid.tile_height)
    for y, tiles in zip(map(scaled, grid.ys), rows, strict=True):
        row = Image.new("RGB", (width, tile_h))
        for x, tile in zip(map(scaled, grid.xs), tiles, strict=True):
            if x == 0 or overlap == 0:
                row.paste(tile, (x, 0))
                continue
            row.paste(tile.crop((0, 0, overlap, tile_h)), (x, 0), mask=_ramp(overlap, tile_h, vertical=False))
            row.paste(tile.crop((overlap, 0, tile_w, tile_h)), (x + overlap, 0))
        if y == 0 or overlap == 0:
            result.paste(row, (0, y))
            continue
        result.paste(row.crop((0, 0, width, overlap)), (0, y), mask=_ramp(width, overlap, vertical=True))
        result.paste(row.crop((0, overlap, width, tile_h)), (0, y + overlap))
    return result


def _ramp(width: int, height: int, *, vertical: bool) -> Image.Image:
    length = height if vertical else width
    line = Image.new("L", (1, length) if vertical else (length, 1))
    line.putdata([255 * i // length for i in range(length)])
    return line.resize((width, height), Image.Resampling.NEAREST)


def process_tiled(picture: Image.Image, process: Process, tile: int, overlap: int) -> Pieces[Image.Image]:
    """Run ``process`` over tiles of ``tile`` pixels (0: the whole picture at once) and join them.

    Every tile is a piece.
    """
    if tile <= 0:
        return process(picture)
    grid = split_grid(picture.width, picture.height, tile, tile, overlap)
    if len(grid.xs) * len(grid.ys) > MOST_TILES:
        count = len(grid.xs) * len(grid.ys)
        text = f"tiles of {tile} pixels that overlap by {overlap} are {count}; at most {MOST_TILES} are made"
        raise InvalidRequest(text)
    rows: list[list[Image.Image]] = []
    for y in grid.ys:
        rows.append([])
        for x in heeding(grid.xs):
            rows[-1].append(process(picture.crop((x, y, x + tile, y + tile))))
            yield
    return combine_grid(grid, rows, rows[0][0].width / tile)
