"""The part of a picture that is looked at to repaint what a mask covers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from extensions.fooocus.drawing.masks import Mask

AROUND = 1.15
"""Half the side of the square around a mask, as a multiple of half the mask's longer side."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """A box in pixels; ends are not part of it."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def box(self) -> tuple[int, int, int, int]:
        """As Pillow takes it."""
        return self.left, self.top, self.right, self.bottom


def region_of(mask: Mask, field: float) -> Region:
    """A square around the mask, grown to the share ``field`` of each side; 1 is the whole picture."""
    height, width = mask.shape
    rows, columns = np.nonzero(mask.any(axis=1))[0], np.nonzero(mask.any(axis=0))[0]
    if field >= 1 or not len(rows):
        return Region(left=0, top=0, right=width, bottom=height)
    top, bottom, left, right = int(rows[0]), int(rows[-1]), int(columns[0]), int(columns[-1])
    half = max(1, int(AROUND * max((bottom - top) // 2, (right - left) // 2)))
    middle_y, middle_x = (bottom + top) // 2, (right + left) // 2
    square = Region(
        left=max(0, min(middle_x - half, left)),
        top=max(0, min(middle_y - half, top)),
        right=min(width, max(middle_x + half, right) + 1),
        bottom=min(height, max(middle_y + half, bottom) + 1),
    )
    return _grown(square, width, height, field)


def _grown(region: Region, width: int, height: int, field: float) -> Region:
    """Pixel by pixel on both ends of the shorter side, while a side is below its share."""
    left, top, right, bottom = region.box
    while bottom - top < field * height or right - left < field * width:
        high, wide = bottom - top, right - left
        taller = (high < wide and high < height) or wide >= width
        if taller:
            top, bottom = max(0, top - 1), min(height, bottom + 1)
        else:
            left, right = max(0, left - 1), min(width, right + 1)
    return Region(left=left, top=top, right=right, bottom=bottom)
