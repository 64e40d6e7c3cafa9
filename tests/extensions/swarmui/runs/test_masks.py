"""The white of masks grows to all sides."""

from __future__ import annotations

import pytest
from PIL import Image

from extensions.swarmui.runs.masks import grown, spread
from sdapi.http.responses import encode_base64
from tests.sdapi.fakes import png


@pytest.mark.parametrize("by", [1, 2, 3, 7])
def test_white_grows_to_all_sides(by: int) -> None:
    image = Image.new("L", (32, 32))
    image.putpixel((10, 12), 255)
    assert spread(image, by).getbbox() == (10 - by, 12 - by, 11 + by, 13 + by)


def test_a_mask_grows_at_the_size_of_the_picture() -> None:
    data = grown(encode_base64(png(8, 8, "black")), 3, (32, 16))
    assert len(data) > 50
