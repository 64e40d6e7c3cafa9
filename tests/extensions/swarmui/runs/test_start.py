"""Where sampling begins, and how masks grow."""

from __future__ import annotations

import pytest
from PIL import Image

from extensions.swarmui.parameters.request import SwarmRequest
from extensions.swarmui.runs.start import Start, grown, spread, start_of, strength_of
from sdapi.http.images import encode_base64
from tests.sdapi.fakes import png


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


@pytest.mark.parametrize("by", [1, 2, 3, 7])
def test_white_grows_to_all_sides(by: int) -> None:
    image = Image.new("L", (32, 32))
    image.putpixel((10, 12), 255)
    assert spread(image, by).getbbox() == (10 - by, 12 - by, 11 + by, 13 + by)


def test_a_mask_grows_at_the_size_of_the_picture() -> None:
    data = grown(encode_base64(png(8, 8, "black")), 3, (32, 16))
    assert len(data) > 50


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
    assert await start_of(SwarmRequest(values={}), 4, (64, 64)) == Start()
    assert (await start_of(SwarmRequest(values={"maskimage": "B" * 12}), 4, (64, 64))).warnings
