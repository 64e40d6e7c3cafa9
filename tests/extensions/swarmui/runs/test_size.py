"""Of all ways to give a size one counts."""

from __future__ import annotations

from typing import Any

import pytest

from extensions.swarmui.parameters.request import SwarmRequest
from extensions.swarmui.runs.size import size_of
from pipelines.contract.errors import InvalidRequest


@pytest.mark.parametrize(
    ("values", "size"),
    [
        ({}, (512, 512)),
        ({"width": 64, "height": 96}, (64, 96)),
        ({"width": 64}, (64, 512)),
        ({"aspectratio": "16:9"}, (672, 384)),
        ({"aspectratio": "16:9", "width": 64, "height": 96}, (64, 96)),
        ({"aspectratio": "16:9", "sidelength": 1024, "width": 64}, (1344, 768)),
        ({"aspectratio": "9:16", "sidelength": 256}, (192, 336)),
        ({"aspectratio": "Custom", "sidelength": 1024, "width": 64, "height": 96}, (64, 96)),
        ({"rawresolution": "128 x 64", "sidelength": 1024, "aspectratio": "1:1"}, (128, 64)),
        ({"width": 64, "altresolutionheightmultiplier": 1.5}, (64, 96)),
        ({"rawresolution": "128x64", "altresolutionheightmultiplier": 2.0}, (128, 64)),
    ],
)
def test_size(values: dict[str, Any], size: tuple[int, int]) -> None:
    assert size_of(SwarmRequest(values=values)) == size


def test_a_raw_resolution_is_two_numbers() -> None:
    with pytest.raises(InvalidRequest, match="Raw Resolution"):
        size_of(SwarmRequest(values={"rawresolution": "big"}))
