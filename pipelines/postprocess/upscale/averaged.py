"""Run a network over overlapping tensor tiles and average where they overlap."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from pipelines.contract.errors import InvalidRequest
from pipelines.contract.heed import Pieces, heeding
from pipelines.pictures.tiles import MOST_TILES


def process_averaged(
    picture: Tensor, process: Callable[[Tensor], Tensor], scale: int, tile: int, overlap: int
) -> Pieces[Tensor]:
    """Sum the outputs of overlapping tensor tiles (1, C, h, w) and divide by how often a cell was covered.

    Every tile is a piece.
    """
    _, channels, height, width = picture.shape
    tile = min(tile, height, width)
    total = picture.new_zeros((1, channels, height * scale, width * scale))
    cover = torch.zeros_like(total)
    rows, columns = _starts(height, tile, overlap), _starts(width, tile, overlap)
    if len(rows) * len(columns) > MOST_TILES:
        text = f"tiles of {tile} pixels that overlap by {overlap} are {len(rows) * len(columns)}"
        raise InvalidRequest(f"{text}; at most {MOST_TILES} are made")
    for y in rows:
        for x in heeding(columns):
            output = process(picture[..., y : y + tile, x : x + tile])
            area = (..., slice(y * scale, (y + tile) * scale), slice(x * scale, (x + tile) * scale))
            total[area] += output
            cover[area] += 1
            yield
    return total / cover


def _starts(length: int, tile: int, overlap: int) -> list[int]:
    return [*range(0, length - tile, max(tile - overlap, 1)), length - tile]
