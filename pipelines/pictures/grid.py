"""Arrange pictures in a grid, as A1111 does."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PIL import Image

from pipelines.pictures.canvas import plain_canvas


def grid_rows(count: int, batch_size: int, rows: int, *, no_empty_spots: bool) -> int:
    """Return the number of rows: ``rows`` if above 0; for 0 the batch size, for -1 about the square root."""
    if rows > 0:
        wanted = rows
    elif rows == 0:
        wanted = batch_size
    elif no_empty_spots:
        wanted = next(r for r in range(math.isqrt(count), 0, -1) if count % r == 0)
    else:
        wanted = round(math.sqrt(count))
    return max(1, min(wanted, count))


def picture_grid(pictures: Sequence[Image.Image], rows: int, background: str = "#ffffff") -> Image.Image:
    """Lay pictures out row by row; cells have the largest width and height, pictures are centred.

    Raises InvalidRequest for a background that is no colour.
    """
    columns = math.ceil(len(pictures) / rows)
    width = max(i.width for i in pictures)
    height = max(i.height for i in pictures)
    size = (columns * width, rows * height)
    grid = plain_canvas("RGB", size, background, option="grid_background_color")
    for index, picture in enumerate(pictures):
        x = index % columns * width + (width - picture.width) // 2
        y = index // columns * height + (height - picture.height) // 2
        grid.paste(picture, (x, y))
    return grid
