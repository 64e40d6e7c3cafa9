"""The size of a picture, which requests give in several ways."""

from __future__ import annotations

import re

from extensions.swarmui.parameters.picture_rows import CUSTOM, SIDES
from extensions.swarmui.parameters.request import SwarmRequest
from pipelines.plugin import InvalidRequest

SIDE = 512
GRID = 16
_RAW = re.compile(r"\s*(\d{1,5})\s*[xX×]\s*(\d{1,5})\s*")


def size_of(request: SwarmRequest) -> tuple[int, int]:
    """Width and height: raw resolution, then side length with aspect ratio, then width and height.

    The height multiplier changes all but the first. Raises InvalidRequest.
    """
    raw = request.get("rawresolution", "")
    if raw:
        found = _RAW.fullmatch(raw)
        if found is None:
            text = f"Invalid value for parameter Raw Resolution: '{raw[:60]}' is not of the form 512x512"
            raise InvalidRequest(text)
        return int(found[1]), int(found[2])
    width, height = _by_ratio(request) or (request.get("width", SIDE), request.get("height", SIDE))
    multiplier = request.get("altresolutionheightmultiplier", 0.0)
    return width, _on_grid(width * multiplier) if multiplier else height


def _by_ratio(request: SwarmRequest) -> tuple[int, int] | None:
    """Return the size of an aspect ratio; None where width or height are given themselves."""
    ratio = request.get("aspectratio", CUSTOM)
    side = request.get("sidelength", 0)
    said = request.has("width") or request.has("height")
    if ratio == CUSTOM or (not side and said):
        return None
    width, height = SIDES[ratio]
    scale = (side or SIDE) / SIDE
    return _on_grid(width * scale), _on_grid(height * scale)


def _on_grid(length: float) -> int:
    return max(round(length / GRID), 1) * GRID
