"""Sampling begins at the original's step, and masks have the original's settings."""

from __future__ import annotations

import pytest

from extensions.swarmui.parameters.request import SwarmRequest
from extensions.swarmui.runs.start import SwarmStart, start_of, strength_of


@pytest.mark.parametrize("steps", [1, 4, 20, 37])
@pytest.mark.parametrize("creativity", [0.1, 0.35, 0.6, 1.0])
def test_sampling_begins_where_the_original_does(creativity: float, steps: int) -> None:
    strength, warnings = strength_of(creativity, steps)
    begin = round(steps * (1 - creativity))
    if begin >= steps:
        assert (strength, len(warnings)) == (0.0, 1)
        return
    # A1111's arithmetic: the first level is that of index steps - 1 - int(strength × steps)
    assert steps - 1 - int(min(strength, 0.999) * steps) == begin
    assert warnings == ()


async def test_what_is_asked_of_a_mask() -> None:
    values = {
        "initimage": "A" * 12,
        "maskimage": "B" * 12,
        "maskblur": 3,
        "maskshrinkgrow": 16,
        "initimagecreativity": 0.5,
    }
    found = await start_of(SwarmRequest(values=values), 4, (64, 64))
    assert found.mask is not None
    assert (found.mask.blur, found.mask.only_masked, found.mask.padding, found.mask.fill) == (3, True, 16, 1)
    assert found.script is not None
    plain = await start_of(SwarmRequest(values=values | {"maskbehavior": "Simple Latent"}), 4, (64, 64))
    assert plain.script is None
    assert await start_of(SwarmRequest(values={}), 4, (64, 64)) == SwarmStart()
    assert (await start_of(SwarmRequest(values={"maskimage": "B" * 12}), 4, (64, 64))).warnings
