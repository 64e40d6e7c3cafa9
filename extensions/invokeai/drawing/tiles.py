"""A large picture denoised in tiles that overlap: MultiDiffusion (Bar-Tal et al. 2023)."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, cast

import torch
from torch import Tensor

from pipelines.plugin import GuidedDenoiser, Work

if TYPE_CHECKING:
    from PIL.Image import Image

BAD_OVERLAP = "tile_overlap has to be less than tile_width and tile_height"
MOST = 1024
"""Most tiles of one picture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A tile along one axis, in cells, from ``start`` to ``stop``; ``first`` to ``last`` of it count."""

    start: int
    stop: int
    first: int
    last: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TileSize:
    """Sides of a tile and how far neighbours overlap, in cells."""

    width: int
    height: int
    overlap: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """A part of the latents."""

    rows: Span
    columns: Span

    def cut(self, latents: Tensor) -> Tensor:
        """The tile's part of (..., h, w)."""
        return latents[..., self.rows.start : self.rows.stop, self.columns.start : self.columns.stop]

    def crop(self, image: Image, cell: int) -> Image:
        """The tile's part of a picture of all; a cell has so many pixels."""
        rows, columns = self.rows, self.columns
        ends = columns.start, rows.start, columns.stop, rows.stop
        left, top, right, bottom = (end * cell for end in ends)
        return image.crop((left, top, right, bottom))

    def add(self, total: Tensor, part: Tensor) -> None:
        """Add what counts of the tile's part to (..., h, w)."""
        rows, columns = self.rows, self.columns
        own = (
            slice(rows.first - rows.start, rows.last - rows.start),
            slice(columns.first - columns.start, columns.last - columns.start),
        )
        total[..., rows.first : rows.last, columns.first : columns.last] += part[..., own[0], own[1]]


def tiles_of(height: int, width: int, size: TileSize | None = None) -> list[Tile]:
    """Tiles that cover latents, one where no size is given. Raises ValueError."""
    if size is None:
        size = TileSize(width=width, height=height, overlap=0)
    elif size.overlap >= min(size.width, size.height):
        raise ValueError(BAD_OVERLAP)
    down, across = spans(height, size.height, size.overlap), spans(width, size.width, size.overlap)
    if len(down) * len(across) > MOST:
        raise ValueError(f"{len(down)} x {len(across)} tiles are more than {MOST}")
    return [Tile(rows=rows, columns=columns) for rows in down for columns in across]


def spans(length: int, tile: int, overlap: int) -> list[Span]:
    """The fewest spans that cover a length, evenly spread; neighbours both count in ``overlap`` cells."""
    if length <= tile:
        return [Span(start=0, stop=length, first=0, last=length)]
    count = math.ceil((length - overlap) / (tile - overlap))
    starts = [round(index * (length - tile) / (count - 1)) for index in range(count)]
    seams = [(left + tile + right - overlap) // 2 for left, right in pairwise(starts)]
    firsts, lasts = [0, *seams], [*(seam + overlap for seam in seams), length]
    return [
        Span(start=start, stop=start + tile, first=first, last=last)
        for start, first, last in zip(starts, firsts, lasts, strict=True)
    ]


class TiledDenoiser:
    """One denoiser for each tile; where several count, the mean of what they predict."""

    def __init__(
        self, parts: Sequence[tuple[Tile, GuidedDenoiser]], on_call: Callable[[TiledDenoiser], None]
    ) -> None:
        self._parts = parts
        self._on_call = on_call
        self.calls = 0
        self.preview: Tensor | None = None
        """The picture that is predicted so far, (batch, C, h, w)."""

    def __call__(self, x: Tensor, sigma: Tensor | float) -> Work[Tensor]:
        """Evaluate all tiles and join their predictions."""
        found: list[Tensor] = []
        for tile, denoiser in self._parts:
            found.append(cast("Tensor", (yield from denoiser(tile.cut(x), sigma))))
        self.preview = self._joined(x, [cast("Tensor", denoiser.preview) for _, denoiser in self._parts])
        self.calls += 1
        self._on_call(self)
        return self._joined(x, found)

    def _joined(self, x: Tensor, found: Sequence[Tensor]) -> Tensor:
        if len(found) == 1:
            return found[0]
        total, count = torch.zeros_like(x), torch.zeros_like(x)
        for (tile, _), part in zip(self._parts, found, strict=True):
            tile.add(total, part)
            tile.add(count, torch.ones_like(part))
        return total / count
