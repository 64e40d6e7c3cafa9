"""Prompts that hold in places: how much each counts at each cell of the latents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor
from torch.nn import functional as F

from extensions.swarmui.steering.wish import PlaceWish, RegionsWish
from pipelines.plugin import Prompts, StepConditioning

GRID = 256
"""Cells of a side on which places are drawn before they are fitted, as the original does."""
LEAST = 1e-6


def shares(wish: RegionsWish, height: int, width: int) -> list[Tensor]:
    """For the whole prompt, the background's if there is one, and each place's: (1, h, w), 1 in sum.

    Where places overlap each counts as much less. Where none is, the whole prompt is the background's.
    """
    drawn = [_drawn(place) for place in wish.places]
    together = torch.stack(drawn).sum(0)
    places = [(1 - wish.share) * one / together.clamp(min=1) for one in drawn]
    behind = (1 - wish.share) * (1 - together).clamp(0, 1)
    whole = torch.full_like(behind, wish.share)
    maps = [whole, behind, *places] if wish.background else [whole + behind, *places]
    fitted = F.interpolate(torch.stack(maps)[:, None], (height, width), mode="bilinear", align_corners=False)
    return list(fitted / fitted.sum(0, keepdim=True).clamp(min=LEAST))


def _drawn(place: PlaceWish) -> Tensor:
    """(grid, grid): its strength in the place, 0 elsewhere; below 0: 1 + strength in it, 1 elsewhere."""
    grid = torch.zeros(GRID, GRID)
    left, right = int(place.x * GRID), int((place.x + place.width) * GRID)
    top, bottom = int(place.y * GRID), int((place.y + place.height) * GRID)
    grid[top:bottom, left:right] = abs(place.strength)
    return grid if place.strength >= 0 else 1 - grid


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RegionPrompts:
    """Prompts whose parts count by these maps, one for each part of a picture's prompt."""

    prompts: Prompts
    maps: Sequence[Tensor]

    def at(self, call: int) -> StepConditioning:
        """See Prompts. A prompt of other parts, which another extension has made, is passed on as it is."""
        told = self.prompts.at(call)
        if any(len(parts) != len(self.maps) for parts in told.parts):
            return told
        return replace(
            told,
            parts=tuple(
                tuple((row, weight * own) for (row, weight), own in zip(parts, self.maps, strict=True))
                for parts in told.parts
            ),
        )
